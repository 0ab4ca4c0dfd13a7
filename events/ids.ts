import { z } from 'zod'

/**
 * Ids name files, so this pattern is also what keeps text from outside from becoming a path: no dot, no slash, never
 * empty, at most 128 characters.
 */
export const idPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/

const Id = z.string().regex(idPattern, 'must match ^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$')

export const ProjectId = Id.brand<'ProjectId'>()
export type ProjectId = z.infer<typeof ProjectId>

export const TaskId = Id.brand<'TaskId'>()
export type TaskId = z.infer<typeof TaskId>

export const SubtaskId = Id.brand<'SubtaskId'>()
export type SubtaskId = z.infer<typeof SubtaskId>

export const SessionId = Id.brand<'SessionId'>()
export type SessionId = z.infer<typeof SessionId>

/** Names a timeline entry or a session event. Always derived from the id of the record that made it. */
export const EntryId = Id.brand<'EntryId'>()
export type EntryId = z.infer<typeof EntryId>

export const recordIdPattern = /^[0-9A-HJKMNP-TV-Z]{26}$/

/** A ULID in upper case: 10 characters of time, 16 of randomness. Monotonic within a log. */
export const RecordId = z.string().regex(recordIdPattern, 'must be a ULID').brand<'RecordId'>()
export type RecordId = z.infer<typeof RecordId>

/** Integer milliseconds since the epoch. */
export const Instant = z.int().nonnegative()
export type Instant = z.infer<typeof Instant>

const randomPart = (record: RecordId): string => record.slice(10).toLowerCase()

/**
 * The ids of what a record creates are made from the record's own id: whoever folds the log gets the same ones, and ids
 * made in one millisecond sort in creation order because ULIDs do.
 */
export const projectIdOf = (record: RecordId, at: Instant): ProjectId =>
  ProjectId.parse(`proj_${at}_${randomPart(record)}`)
export const taskIdOf = (record: RecordId, at: Instant): TaskId => TaskId.parse(`task_${at}_${randomPart(record)}`)
export const subtaskIdOf = (record: RecordId, at: Instant): SubtaskId =>
  SubtaskId.parse(`subtask_${at}_${randomPart(record)}`)
export const sessionIdOf = (record: RecordId, at: Instant): SessionId =>
  SessionId.parse(`sess_${at}_${randomPart(record)}`)

/** `index` counts the entries that one record makes; two base-36 digits keep them in order. */
export const entryIdOf = (record: RecordId, at: Instant, index = 0): EntryId => {
  const id = `evt_${at}_${randomPart(record)}${index === 0 ? '00' : index.toString(36).padStart(2, '0')}`
  // Tested rather than parsed: a fold makes one for almost every record.
  return isEntryId(id) ? id : EntryId.parse(id)
}

const isEntryId = (text: string): text is EntryId => idPattern.test(text)
