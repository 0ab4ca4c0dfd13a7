import { z } from 'zod'
import { Digest, type DomainEvent, type EventType } from './domain.ts'
import { Instant, idPattern, ProjectId, RecordId } from './ids.ts'

/** The version of the record format that this code writes. */
export const recordVersion = 1

/** A record is at most this many bytes long, its line feed included. */
export const maxRecordBytes = 1024 * 1024

/** `prev` of the first record. */
export const genesis: Digest = '0'.repeat(64)

/** Who made a change. */
export const Actor = z.object({
  kind: z.enum(['session', 'user', 'system']),
  id: z.string().regex(idPattern).optional(),
})
export type Actor = z.infer<typeof Actor>

export const keyPattern = /^[\x21\x23-\x5b\x5d-\x7e]{1,255}$/

/**
 * An idempotency key: printable ASCII without quote and backslash, so that it stands in a record as it is and cannot
 * imitate a field of the envelope.
 */
export const IdempotencyKey = z
  .string()
  .regex(keyPattern, 'must be 1 to 255 printable ASCII characters without space, " and \\')

/** The idempotent request that a record answers: its key, and a digest of method, path and body. */
export const RequestMark = z.object({ key: IdempotencyKey, digest: Digest })
export type RequestMark = z.infer<typeof RequestMark>

/** Everything of a record but its event. Keys stand in a line in this order. */
export const Envelope = z.object({
  v: z.literal(recordVersion),
  offset: z.int().nonnegative(),
  id: RecordId,
  projectId: ProjectId,
  at: Instant,
  synced: z.int().nonnegative(),
  actor: Actor,
  request: RequestMark.optional(),
  prev: Digest,
  digest: Digest,
  hash: Digest,
  redacted: Digest.optional(),
})
export type Envelope = z.infer<typeof Envelope>

/** One domain event with its place, time and author. */
export type EventRecord = Envelope & DomainEvent

/** What a fold needs to know of an event that may not be on disk yet: everything but its seals. */
export type UnsealedRecord = Pick<Envelope, 'offset' | 'id' | 'projectId' | 'at' | 'actor'> & DomainEvent

export type UnsealedOf<T extends EventType> = Extract<UnsealedRecord, { type: T }>

/**
 * A place between two records: `offset` is that of the next record, `hash` that of the one before it. The start of every
 * log is `{offset: 0, hash: genesis}`.
 */
export interface Position {
  readonly offset: number
  readonly hash: Digest
}
export const start: Position = { offset: 0, hash: genesis }

/** SHA-256 in lower-case hex; text is hashed as UTF-8. A parameter, so that browsers can bring their own. */
export type Sha256 = (data: string | Uint8Array) => Digest
