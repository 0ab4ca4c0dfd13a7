import { MaestroError } from '../error.ts'
import type { FollowItem } from './items.ts'
import type { Violation } from './violation.ts'

/** On so many connections in a row may the server break the protocol, without catching up in between. */
const violationsBorne = 3

/** Counts attempts to connect, and what went wrong, since things last went well. */
export class Attempts {
  #count = 0
  #violations = 0

  /** The number of the attempt that begins now. */
  next(): number {
    this.#count += 1
    return this.#count
  }

  /** A connection that brings something new was of use. */
  note({ kind }: FollowItem): void {
    if (kind === 'record' || kind === 'event' || kind === 'caught_up') this.#count = 0
    if (kind === 'caught_up') this.#violations = 0
  }

  /** What was broken; throws `BAD_STREAM` when it has been too often. */
  violated(violation: Violation): string {
    this.#violations += 1
    const reason = `The server sent ${violation.message}`
    if (this.#violations >= violationsBorne) throw new MaestroError('BAD_STREAM', reason, { cause: violation })
    return reason
  }
}
