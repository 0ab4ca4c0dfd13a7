import type { Position } from '../../events/index.ts'
import type { Row, Sight } from '../../projections/index.ts'
import type { Answer } from '../store/request.ts'

/** An answer before it is written to the wire. */
export interface Reply {
  /** The body as JSON text. */
  readonly text: string
  /** The offset of the last event that changed the entity: its entity tag. */
  readonly version?: number | undefined
  /** Where a new entity is found. */
  readonly location?: string | undefined
  /** The position after the record that the answer of a write rests on. */
  readonly receipt?: Position | undefined
  /** Whether this is the answer of an earlier request with the same Idempotency-Key. */
  readonly replayed?: boolean | undefined
}

export const plain = (body: object): Reply => ({ text: JSON.stringify(body) })

export const ofRow = (row: Row<object>): Reply => ({ text: row.json, version: row.version })

export const ofRows = (rows: readonly Row<object>[]): Reply => ({
  text: `[${rows.map(({ json }) => json).join(',')}]`,
})

/** The answer to a write: the entity as of its event. `show` picks what of it is answered; by default all of it. */
export const ofAnswer = (
  { outcome, receipt, sight }: Answer,
  show: (sight: Sight) => string = entityText,
  location?: (sight: Sight) => string | undefined,
): Reply => ({
  text: show(sight),
  version: sight.entity === undefined ? undefined : sight.version,
  location: location?.(sight),
  receipt,
  replayed: outcome === 'replayed',
})

export const entityText = ({ entity, id }: Sight): string =>
  entity === undefined ? deletedText(id) : JSON.stringify(entity)

export const deletedText = (id: string): string => JSON.stringify({ success: true, id })
