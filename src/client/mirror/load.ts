import type { ProjectId, Sha256 } from '../../../events/index.ts'
import { ProjectState, Row, stateHash } from '../../../projections/index.ts'
import type { Endpoints, State } from '../rest/endpoints.ts'
import { ProjectFold } from './fold.ts'

export interface LoadOptions {
  readonly client: Pick<Endpoints, 'listProjects' | 'getState'>
  readonly sha256: Sha256
  /** Which projects; all that there are if undefined. */
  readonly wanted: readonly string[] | undefined
  readonly signal: AbortSignal
}

/**
 * Folds that begin with what the server says is true, and not at the start of the logs. Without those that it does not tell of,
 * deleted projects say: they are folded as a whole. So is one whose state does not have the hash that it is said to have.
 */
export const loadFolds = async (options: LoadOptions): Promise<ReadonlyMap<ProjectId, ProjectFold>> => {
  const folds = new Map<ProjectId, ProjectFold>()
  const { client, signal } = options
  for (const id of await idsIn(options)) {
    const state = await client.getState({ id }, { signal })
    const fold = state.ok ? foldOf(state.value, options.sha256) : undefined
    if (state.ok && fold !== undefined) folds.set(state.value.projectId, fold)
  }
  return folds
}

const idsIn = async ({ client, wanted, signal }: LoadOptions): Promise<readonly string[]> => {
  if (wanted !== undefined) return wanted
  const projects = await client.listProjects({}, { signal })
  return projects.ok ? projects.value.map(({ id }) => id) : []
}

/**
 * Of which record an entity comes is not told, only in which order they were created: so they have the version of the state, and
 * are created, as it were, by the first records.
 */
const foldOf = (
  { project, tasks, sessions, offset, hash, ...told }: State,
  sha256: Sha256,
): ProjectFold | undefined => {
  const state = new ProjectState()
  const rowOf = <T extends object>(entity: T, created: number) => new Row<T, T>(entity, offset, created)
  if (project !== null) state.project.restore(project.id, rowOf(project, 0))
  for (const [i, task] of tasks.entries()) state.task.restore(task.id, rowOf(task, i))
  for (const [i, session] of sessions.entries()) state.session.restore(session.id, rowOf(session, i))
  return stateHash(state, sha256) === told.stateHash
    ? new ProjectFold(0, state, { offset: offset + 1, hash })
    : undefined
}
