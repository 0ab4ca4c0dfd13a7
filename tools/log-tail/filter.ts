import type { LoggedRecord } from '../support/read-only-log.ts'
import { viewOf } from '../support/view.ts'

/** What somebody wants to see of a log. */
export interface Wanted {
  /** Record types; one that ends with `*` stands for all that begin like it. None: every type. */
  readonly types: readonly string[]
  /** The id of a task, subtask or session. */
  readonly entity: string | undefined
}

export type Filter = (line: Pick<LoggedRecord, 'record' | 'line'>) => boolean

export const everything = ({ types, entity }: Wanted): boolean => types.length === 0 && entity === undefined

/** Lets pass the records of the types that name the entity. */
export const filterOf = ({ types, entity }: Wanted): Filter => {
  const named = entity === undefined ? undefined : Buffer.from(JSON.stringify(entity))
  return ({ record, line }) =>
    (types.length === 0 || types.some((type) => fits(type, record.type))) && (named === undefined || names(line, named))
}

const fits = (pattern: string, type: string): boolean =>
  pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern

const dataMark = ',"data":'

/** Whether an id, in its quotes, stands in the data of a line: in text, the quotes would have backslashes. */
const names = (line: Uint8Array, id: Buffer): boolean => {
  const bytes = viewOf(line)
  return bytes.indexOf(id, bytes.indexOf(dataMark)) !== -1
}
