import type { Position } from '../../../events/index.ts'
import type { Commit } from '../../store/commit.ts'
import type { Store } from '../../store/store.ts'
import { type Batch, batchBytes, batchRecords, type Place } from './batch.ts'
import { framesOf } from './frames.ts'
import type { Manner } from './manner.ts'
import { packed } from './wire.ts'

/** Makes batches of the view `entities`: the plain frames, each a message. */
export interface EntityBatches {
  /** Of the commits in memory; undefined if the first is not there. */
  near(place: Place, manner: Manner): Batch | undefined
  /** Of the commits from there on, folded from the log, up to the head of when they are reached. */
  past(place: Place, manner: Manner): AsyncGenerator<Batch>
}

export const createEntityBatches = (store: Pick<Store, 'positionOf' | 'recent' | 'history'>): EntityBatches => {
  const made = new WeakMap<Commit, Map<string, readonly Buffer[]>>()

  /** The frames of a commit in memory, made once for all who want the same. */
  const sharedFrames = (commit: Commit, { key, allows }: Manner): readonly Buffer[] => {
    const known = made.get(commit)?.get(key)
    if (known !== undefined) return known
    const frames = framesOf(commit, allows)
    made.set(commit, (made.get(commit) ?? new Map()).set(key, frames))
    store.recent.charge(commit, bytesOf(frames))
    return frames
  }

  return {
    near({ projectId, position }, manner) {
      const growing = new GrowingBatch(position)
      let commit = store.recent.at(projectId, position.offset)
      if (commit === undefined) return undefined
      for (; commit !== undefined && !growing.isFull; commit = store.recent.at(projectId, growing.next.offset)) {
        growing.add(commit, sharedFrames(commit, manner))
      }
      return growing.finish()
    },
    async *past({ projectId, position }, manner) {
      let growing = new GrowingBatch(position)
      for await (const commit of store.history.commitsFrom(projectId, position.offset)) {
        // The log may know of records that the store does not yet, and that it will tell of.
        if (commit.record.offset >= store.positionOf(projectId).offset) break
        growing.add(commit, framesOf(commit, manner.allows))
        if (!growing.isFull) continue
        yield growing.finish()
        growing = new GrowingBatch(growing.next)
      }
      yield growing.finish()
    },
  }
}

/** A batch that is being made. */
class GrowingBatch {
  next: Position
  readonly #from: Position
  readonly #frames: Buffer[] = []
  #bytes = 0

  constructor(from: Position) {
    this.#from = from
    this.next = from
  }

  get isFull(): boolean {
    return this.#bytes >= batchBytes || this.next.offset - this.#from.offset >= batchRecords
  }

  add({ next }: Commit, frames: readonly Buffer[]): void {
    for (const frame of frames) this.#frames.push(frame)
    this.#bytes += bytesOf(frames)
    this.next = next
  }

  finish(): Batch {
    return { next: this.next, chunks: packed(this.#frames), bytes: this.#bytes, isFull: this.isFull }
  }
}

const bytesOf = (frames: readonly Buffer[]): number => frames.reduce((sum, { length }) => sum + length, 0)
