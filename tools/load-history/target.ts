import type { Project } from '../../events/index.ts'
import { AppError } from '../../src/errors.ts'
import { sha256 } from '../../src/platform/hash.ts'
import { keysKept } from '../../src/store/idempotency.ts'
import type { Api } from './sending/api.ts'

/** The project to load into: one that is there, or one that is created by this name, once. */
export type Target =
  | { readonly kind: 'existing'; readonly id: string }
  | { readonly kind: 'named'; readonly name: string }

/**
 * Finds or makes the project. Throws PROJECT_NOT_FOUND, and VALIDATION_ERROR for one that a history cannot be loaded into
 * safely. Asks once only: whoever starts a run wants to hear at once that there is no server.
 */
export const openTarget = async (target: Target, api: Api): Promise<Project> => {
  const found = await api.project(target.kind === 'existing' ? target.id : await create(target.name, api))
  if (found.lifecycle !== 'open') {
    throw new AppError(
      'VALIDATION_ERROR',
      `Project ${found.id} has a strict lifecycle, which a history does not keep to`,
    )
  }
  checkMemory(found, await api.recordsOf(found))
  return found
}

/** The key holds a digest of the name, because names are any text and keys are not. */
const create = async (name: string, { send }: Api): Promise<string> => {
  const body = { name, description: 'A history of the work of coding agents and people.' }
  const request = { method: 'POST', path: '/api/projects', body } as const
  const { id } = await send(request, `history:project:${sha256(name).slice(0, 32)}`)
  if (id === undefined) throw new Error('the server did not say where it put the project')
  return id
}

/** A server forgets the keys of its oldest requests, and would then carry out a repeat of them. */
const checkMemory = ({ id }: Project, records: number): void => {
  if (records <= keysKept) return
  throw new AppError(
    'VALIDATION_ERROR',
    `Project ${id} has ${records} records, and the server remembers the requests of the last ${keysKept} only, so what is ` +
      'there already could be loaded a second time. Load into a new project, with --name or --project.',
  )
}
