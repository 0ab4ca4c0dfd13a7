import type { Bench } from '../bench.ts'
import type { Measure } from '../row.ts'

/** A program that keeps records durably as well, installed on this machine or not. */
export interface Peer {
  /** With its version where it is known, and how it is set. */
  readonly what: string
  /**
   * Starts it, and resolves with a measure of how many records a second it takes with so many waiting. Rejects with
   * `Unavailable` when it is not here, or cannot be started.
   */
  readonly prepare: (bench: Bench, waiting: number) => Promise<Measure>
}
