import type { Position } from '../../events/index.ts'
import type { Chunk } from './wire.ts'

/** What happened in a project from some offset on, ready to be written. */
export interface Batch {
  /** Where whoever has it stands. */
  readonly next: Position
  /** In order. None if a filter lets nothing through. */
  readonly chunks: readonly Chunk[]
  /** Of all chunks. */
  readonly bytes: number
  /** Whether it ends because it is as large as batches get, and not because there was no more. */
  readonly isFull: boolean
}

/** A batch is full with so many bytes; and with so many records, since a filter may let few of them through. */
export const batchBytes = 128 * 1024
export const batchRecords = 1024

/** How much is kept of the batches that were made last, bytes. */
const sharedBytes = 8 * 1024 * 1024

/**
 * The batches that were made last. Subscribers at one and the same place share one: those that follow live, and those that
 * come back together after the server was away.
 */
export class SharedBatches {
  /** Oldest first. */
  readonly #batches = new Map<string, Batch>()
  #bytes = 0

  /** The batch of that name, if it is still all that could be sent: `head` is the offset at which the log ends now. */
  get(name: string, head: number): Batch | undefined {
    const batch = this.#batches.get(name)
    return batch === undefined || batch.isFull || batch.next.offset === head ? batch : undefined
  }

  add(name: string, batch: Batch): Batch {
    this.#remove(name)
    this.#batches.set(name, batch)
    this.#bytes += batch.bytes
    for (const oldest of this.#batches.keys()) {
      if (this.#bytes <= sharedBytes || oldest === name) break
      this.#remove(oldest)
    }
    return batch
  }

  #remove(name: string): void {
    this.#bytes -= this.#batches.get(name)?.bytes ?? 0
    this.#batches.delete(name)
  }
}
