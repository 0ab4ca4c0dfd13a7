import type { Position, ProjectId } from '../../../events/index.ts'

/** Where a subscriber stands in a project. */
export interface Place {
  readonly projectId: ProjectId
  /** What comes next. */
  readonly position: Position
  /** The offset that the client knows of: less than that of `position` where a filter has let nothing through since. */
  readonly told: () => number
}

/** What happened in a project from some offset on, ready to be written. */
export interface Batch {
  /** Where whoever has it stands. */
  readonly next: Position
  /** Whole messages, several of them in one where they are small, in order. None if a filter lets nothing through. */
  readonly chunks: readonly Buffer[]
  /** Of all chunks. */
  readonly bytes: number
  /** Whether it ends for another reason than that there was no more: the next one may then go on where it ends. */
  readonly isFull: boolean
}

/** A batch is full with so many bytes; and with so many records, since a filter may let few of them through. */
export const batchBytes = 128 * 1024
export const batchRecords = 512

/** How much is kept of the batches that were made last, bytes. */
const sharedBytes = 1024 * 1024
/** What a batch costs beside its bytes, roughly: a filter may leave none. */
const overheadBytes = 512

/** The batches that were made last. All who stand at the same place are sent the same one: those who follow live, above all. */
export class SharedBatches {
  /** Oldest first. */
  readonly #batches = new Map<string, Batch>()
  #bytes = 0

  /** The batch of that name, if it is still all that could be sent: `head` is the offset at which the log ends now. */
  get(name: string, head: number): Batch | undefined {
    const batch = this.#batches.get(name)
    return batch === undefined || batch.isFull || batch.next.offset === head ? batch : undefined
  }

  add(name: string, batch: Batch): void {
    this.#remove(name)
    this.#batches.set(name, batch)
    this.#bytes += batch.bytes + overheadBytes
    for (const oldest of this.#batches.keys()) {
      if (this.#bytes <= sharedBytes || oldest === name) break
      this.#remove(oldest)
    }
  }

  #remove(name: string): void {
    const batch = this.#batches.get(name)
    if (batch !== undefined) this.#bytes -= batch.bytes + overheadBytes
    this.#batches.delete(name)
  }
}
