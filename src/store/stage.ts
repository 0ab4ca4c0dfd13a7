import {
  canonical,
  type DomainEvent,
  type Draft,
  maxRecordBytes,
  type Position,
  type ProjectId,
  type RecordId,
  recordVersion,
  type UnsealedRecord,
  upcast,
} from '../../events/index.ts'
import { type Change, evolve, type ProjectState } from '../../projections/index.ts'
import { AppError } from '../errors.ts'
import type { Request } from './request.ts'

/** The end of a log, staged records included. */
export interface Tip {
  /** Offset of the next record. */
  readonly offset: number
  /** Time of the last record: no later one is earlier. */
  readonly at: number
  readonly id?: RecordId | undefined
}

/** The place in the log that a command's event will have, should it come to one. */
export interface Slot extends Tip {
  readonly projectId: ProjectId
  readonly id: RecordId
}

/** Why a staged event will not happen. */
export type Dropped =
  /** Somebody else appended first: decide again. */
  | { readonly kind: 'overtaken' }
  /** The log refused it, and nothing of it is on disk. */
  | { readonly kind: 'refused'; readonly error: unknown }

/** How a staged event ended. */
export type Outcome = { readonly kind: 'committed'; readonly next: Position } | Dropped

/** An event that has been decided and is not durable yet. */
export interface Staged {
  readonly record: UnsealedRecord
  readonly draft: Draft
  readonly changes: readonly Change[]
  readonly outcome: Promise<Outcome>
  readonly settle: (outcome: Outcome) => void
}

/** The longest that everything of a line but its data can be: ids, key and digests are all bounded. */
const envelopeBytes = 2048

/** Whether a record can hold an event whose data is this canonical JSON. */
export const fitsRecord = (data: string): boolean => Buffer.byteLength(data) + envelopeBytes <= maxRecordBytes

/**
 * Lays an event over the staged state. The fold sees the event as it will be read back, not as the client's objects had
 * it, so that live and rebuilt state are equal to the last byte.
 */
export const stageEvent = (layer: ProjectState, event: DomainEvent, slot: Slot, request: Request): Staged => {
  const { projectId, offset, id, at } = slot
  const data = canonical(event.data)
  if (!fitsRecord(data)) {
    throw new AppError('PAYLOAD_TOO_LARGE', `The change would make a record of more than ${maxRecordBytes} bytes`)
  }
  const record: UnsealedRecord = { projectId, offset, id, at, actor: request.actor, ...readBack(event.type, data) }
  const changes = evolve(layer, record)
  layer.apply(changes, offset)
  let settle: Staged['settle'] = () => {}
  const outcome = new Promise<Outcome>((resolve) => {
    settle = resolve
  })
  const draft: Draft = { projectId, id, at, type: event.type, actor: request.actor, request: request.mark, data }
  return { record, draft, changes, outcome, settle }
}

const readBack = (type: DomainEvent['type'], data: string): DomainEvent => {
  const result = upcast({ v: recordVersion, type, data: JSON.parse(data) })
  if (result.kind !== 'event') throw new Error(`decided on an event that cannot be read back: ${result.reason}`)
  return result.event
}

/** How much one append may write, so that a long queue does not stop everything else. */
const batchBytes = 8 * 1024 * 1024

/** Takes the next batch off the front of a queue: at least one, and no more than fit. */
export const takeBatch = (queue: Staged[]): Staged[] => {
  let bytes = 0
  const fits = queue.findIndex(({ draft }, i) => {
    bytes += draft.data.length
    return i > 0 && bytes > batchBytes
  })
  return queue.splice(0, fits === -1 ? queue.length : fits)
}
