import type { Position } from '../../events/index.ts'
import { asText, type JsonText, jsonOf, type Row, type Sight } from '../../projections/index.ts'
import type { Answer } from '../store/request.ts'

/** An answer before it is written to the wire. */
export type Reply = TextReply | DocumentReply | StreamReply

/** What is known at once, and all that a write can be answered with. */
export interface TextReply {
  readonly kind?: never
  /** The body; JSON unless the operation says otherwise. */
  readonly text: JsonText
  /** The offset of the last event that changed the entity: its entity tag. */
  readonly version?: number | undefined
  /** The offset of the last redaction in the project: an older copy of the entity may hold what was taken out. */
  readonly redaction?: number | undefined
  /** Where a new entity is found. */
  readonly location?: string | undefined
  /** The position after the record that the answer of a write rests on. */
  readonly receipt?: Position | undefined
  /** Whether this is the answer of an earlier request with the same Idempotency-Key. */
  readonly replayed?: boolean | undefined
}

/** What it takes some time to make: it is made only for a client that does not have it yet. */
export interface DocumentReply {
  readonly kind: 'document'
  /** Media type: that of the operation, or of one of its other forms. */
  readonly type: string
  /** Names the content: another content at the same address has another tag. */
  readonly tag: string
  /** Further headers, names and values in turn. */
  readonly headers?: readonly string[]
  readonly body: () => Promise<string | Buffer>
}

/** What is written piece by piece, as the client takes it, and may never end. What fails before the first piece is an ordinary error. */
export interface StreamReply {
  readonly kind: 'stream'
  readonly type: string
  readonly tag?: string | undefined
  readonly headers?: readonly string[]
  readonly pieces: () => AsyncIterable<string | Buffer>
}

export const plain = (body: object): TextReply => ({ text: JSON.stringify(body) })

/** `redaction` is the offset of the last one in the entity's project. */
export const ofRow = (row: Row<object>, redaction: number | undefined): TextReply => ({
  text: row.json,
  version: row.version,
  redaction,
})

export const ofRows = (rows: readonly Row<object>[]): TextReply => ({
  text: `[${rows.map(({ json }) => asText(json)).join(',')}]`,
})

/** The answer to a write: the entity as of its event. `show` picks what of it is answered; by default all of it. */
export const ofAnswer = (
  { outcome, receipt, sight }: Answer,
  show: (sight: Sight) => JsonText = entityText,
  location?: (sight: Sight) => string | undefined,
): TextReply => ({
  // Made only for those who want it.
  get text() {
    return show(sight)
  },
  version: sight.entity === undefined ? undefined : sight.version,
  location: location?.(sight),
  receipt,
  replayed: outcome === 'replayed',
})

export const entityText = ({ entity, id }: Sight): JsonText => (entity === undefined ? deletedText(id) : jsonOf(entity))

export const deletedText = (id: string): string => JSON.stringify({ success: true, id })
