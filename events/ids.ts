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

/** What `RecordId` says, in a fifth of the time. */
export const isRecordId = (text: string): text is RecordId => recordIdPattern.test(text)

/** Integer milliseconds since the epoch. */
export const Instant = z.int().nonnegative()
export type Instant = z.infer<typeof Instant>

const randomPart = (record: RecordId): string => record.slice(10).toLowerCase()

/** Tested before it is parsed, which takes five times as long: an id or two are made for almost every record. */
const made = <Id extends string>(text: string, schema: { parse(text: string): Id }): Id =>
  isId<Id>(text) ? text : schema.parse(text)

/** All of these ids have one pattern; which of them it is, is for whoever asks to know. */
const isId = <Id extends string>(text: string): text is Id => idPattern.test(text)

/**
 * The ids of what a record creates are made from the record's own id: whoever folds the log gets the same ones, and ids
 * made in one millisecond sort in creation order because ULIDs do.
 */
export const projectIdOf = (record: RecordId, at: Instant): ProjectId =>
  made(`proj_${at}_${randomPart(record)}`, ProjectId)
export const taskIdOf = (record: RecordId, at: Instant): TaskId => made(`task_${at}_${randomPart(record)}`, TaskId)
export const subtaskIdOf = (record: RecordId, at: Instant): SubtaskId =>
  made(`subtask_${at}_${randomPart(record)}`, SubtaskId)
export const sessionIdOf = (record: RecordId, at: Instant): SessionId =>
  made(`sess_${at}_${randomPart(record)}`, SessionId)

/** `index` counts the entries that one record makes; two base-36 digits keep them in order. */
export const entryIdOf = (record: RecordId, at: Instant, index = 0): EntryId =>
  made(`evt_${at}_${randomPart(record)}${index === 0 ? '00' : index.toString(36).padStart(2, '0')}`, EntryId)
