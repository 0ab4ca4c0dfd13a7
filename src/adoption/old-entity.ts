import { idPattern, unsafeIn } from '../../events/index.ts'
import type { FoundFile, Left } from './entity-file-list.ts'

/** What is in a file, before anything is known of it but that it has the id that the name of the file says. */
export interface OldEntity extends FoundFile {
  readonly id: string
  readonly fields: OldFields
}

/** A JSON object whose values can be anything. */
export type OldFields = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is OldFields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export type Opened =
  | { readonly kind: 'entity'; readonly entity: OldEntity }
  | { readonly kind: 'left'; readonly left: Left }

const extension = '.json'
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Reads what an entity's file holds. Whatever the bytes are, the answer says what they are. */
export const openEntity = (file: FoundFile, bytes: Uint8Array): Opened => {
  const refused = (reason: string): Opened => ({ kind: 'left', left: { path: file.path, reason } })
  if (!file.name.endsWith(extension)) return refused(`is not named <id>${extension}`)
  if (file.kind === 'task' && file.folder === undefined) return refused('is not in the folder of a project')
  const fields = parseJson(bytes)
  if (fields === undefined) return refused('is not JSON')
  if (!isObject(fields)) return refused('is not a JSON object')
  const unsafe = unsafeIn(fields)
  if (unsafe !== undefined) return refused(unsafe)
  const { id } = fields
  if (typeof id !== 'string') return refused('has no id')
  if (!idPattern.test(id)) return refused(`has an id that does not match ${idPattern.source}`)
  if (id !== file.name.slice(0, -extension.length)) return refused('has an id that is not the name of the file')
  return { kind: 'entity', entity: { ...file, id, fields } }
}

/** Undefined, which JSON cannot say, for what is no JSON in UTF-8. The parser's own message would quote the file. */
const parseJson = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(utf8.decode(bytes))
  } catch {
    return undefined
  }
}
