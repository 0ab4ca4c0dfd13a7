import { z } from 'zod'
import type { Instant, RecordId, TaskStatus } from '../../events/index.ts'
import type { OldEntity, OldFields } from './old-entity.ts'

/** The record that an entity is adopted by: ids and times that a file does not tell come from here. */
export interface Stamp {
  readonly id: RecordId
  readonly at: Instant
}

/** The fields that say something. One that is null is as good as missing. */
export const said = (fields: OldFields): OldFields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))

const IsoInstant = z.iso.datetime({ offset: true })

/**
 * A time in ISO 8601 as the same time in milliseconds. Anything else as it is: without a zone it could be one of many
 * times.
 */
export const instantOf = (value: unknown): unknown => {
  const iso = IsoInstant.safeParse(value)
  return iso.success ? Date.parse(iso.data) : (value ?? undefined)
}

/** The time of creation that an id says, if it is one of this server's form, `task_1706790000000_xyz789`. */
export const timeInId = (id: unknown): Instant | undefined => {
  const digits = typeof id === 'string' ? /^[a-z]+_([0-9]{13})_/.exec(id)?.[1] : undefined
  return digits === undefined ? undefined : Number(digits)
}

/** When a project or a task was created, as far as its file tells. */
export const createdAtOf = ({ id, fields }: OldEntity, at: Instant): unknown =>
  instantOf(fields.createdAt) ?? timeInId(id) ?? instantOf(fields.updatedAt) ?? at

/** When a session began, as far as its file tells. */
export const startedAtOf = ({ id, fields }: OldEntity, at: Instant): unknown =>
  instantOf(fields.startedAt) ?? timeInId(id) ?? instantOf(fields.lastActivity) ?? at

/** A list as it is, except that nothing is in it twice. */
export const unique = (value: unknown): unknown => (Array.isArray(value) ? [...new Set<unknown>(value)] : value)

/** Applies to each member of a list; what is no list stays as it is, to be refused. */
export const each = (value: unknown, make: (member: unknown, index: number) => unknown): unknown =>
  Array.isArray(value) ? value.map((member: unknown, index) => make(member, index)) : value

/** A word in another spelling, such as `In Progress`, as this server spells it. */
export const spelled = (value: unknown): unknown =>
  typeof value === 'string'
    ? value
        .trim()
        .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
        .replaceAll(/[\s_-]+/g, '_')
        .toLowerCase()
    : value

/** Other words for the same status. What could mean one status or another is not among them. */
const sameStatus = new Map<unknown, TaskStatus>([
  ['todo', 'pending'],
  ['to_do', 'pending'],
  ['done', 'completed'],
])

export const taskStatusOf = (value: unknown): unknown => {
  const word = spelled(value)
  return sameStatus.get(word) ?? word
}
