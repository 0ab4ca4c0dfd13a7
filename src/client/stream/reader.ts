import type { Position, ProjectId, Sha256 } from '../../../events/index.ts'
import type { PlainFrame, RecordsHeader } from '../../ws/protocol.ts'
import type { Place } from './place.ts'

export interface ReaderOptions {
  readonly projectId: ProjectId
  readonly place: Place
  readonly sha256: Sha256
  /** Whether the server leaves out records or frames of some types. */
  readonly isFiltered: boolean
}

/**
 * Turns what is sent of one project into items, moves the place with each of them, and lets nothing through twice, out of
 * order or, where that can be known, after a gap. Throws `Violation` when the server breaks what the protocol promises.
 */
export interface Reader<Item> {
  /** A connection begins to send from the place. */
  begin(): void
  records(header: RecordsHeader, lines: Uint8Array): Iterable<Item>
  frame(frame: PlainFrame): Iterable<Item>
  /** The server says that it has sent everything up to here. Tells whether that moved the place. */
  sentUpTo(position: Position): boolean
  /** The server says that this is all there is. */
  caughtUp(): void
}

export type CreateReader<Item> = (options: ReaderOptions) => Reader<Item>
