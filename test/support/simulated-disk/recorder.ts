import type { DiskState } from './disk-state.ts'
import type { Operation } from './operation.ts'

/** Waits until it is an operation's turn. What decides on the order decides how operations overlap. */
export type Turn = () => Promise<void>

/** What happened on a disk: how it was, and every operation since that changed it or made a change durable. */
export interface Recording {
  readonly start: DiskState
  readonly operations: readonly Operation[]
}

/** Carries out operations when it is their turn, and remembers them. */
export class Recorder implements Recording {
  readonly start: DiskState
  readonly operations: Operation[] = []
  readonly state: DiskState
  readonly turn: Turn

  constructor(start: DiskState, turn: Turn) {
    this.start = start
    this.state = start.fork()
    this.turn = turn
  }

  record(operation: Operation): void {
    this.operations.push(operation)
    this.state.apply(operation)
  }

  /** A sync counts from when it has ended, for what was there when it began: others have their turn in between. */
  async sync(operation: (since: number) => Operation): Promise<void> {
    await this.turn()
    const since = this.state.operations
    await this.turn()
    this.record(operation(since))
  }
}
