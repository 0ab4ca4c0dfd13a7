import type { Draft, Position, ProjectId } from '../../events/index.ts'
import type { CommittedLine } from '../../src/log/log.ts'
import { Attempt, lengthOf, prefixOf } from './attempt.ts'

/** What may, and what must, be found of a project after a power cut. */
export interface Known {
  /** The last record that may be found; all before it then is, too. */
  readonly attempted: Attempt | undefined
  /** How many records somebody was told are durable. */
  readonly acknowledged: number
  /** How many records somebody was told of at all: as long as there is power, they are as safe. */
  readonly answered: number
  /** The offset of the newest snapshot that was said to be kept; 0 for none. */
  readonly snapshot: number
}

export type Expectation = ReadonlyMap<ProjectId, Known>

const nothing: Known = { attempted: undefined, acknowledged: 0, answered: 0, snapshot: 0 }

/** What has to be found when it is exactly this. */
export const exactly = (recovered: ReadonlyMap<ProjectId, Attempt>): Expectation => {
  const found = (last: Attempt): Known => {
    const length = lengthOf(last)
    return { attempted: last, acknowledged: length, answered: length, snapshot: 0 }
  }
  return new Map([...recovered].map(([id, last]) => [id, found(last)]))
}

/** What has to be found when the server was killed and the power stayed. */
export const afterKill = (expected: Expectation): Expectation =>
  new Map([...expected].map(([id, known]) => [id, { ...known, acknowledged: known.answered }]))

/**
 * What was attempted and acknowledged, and when: each moment is given by the number of disk operations that there had
 * been. What is told between two operations holds for a power cut between them.
 */
export class Timeline {
  readonly #now: () => number
  readonly #moments: Array<{ readonly at: number; readonly id: ProjectId; readonly known: Known }> = []
  readonly #known = new Map<ProjectId, Known>()
  /** The last record of each project that was not refused. */
  readonly #committed = new Map<ProjectId, Attempt | undefined>()

  /** `before` is what a disk holds for sure at the start. */
  constructor(now: () => number, before: ReadonlyMap<ProjectId, Attempt>) {
    this.#now = now
    for (const [id, attempt] of before) this.recovered(id, attempt)
  }

  /** What is known of a power cut after so many operations. */
  at(operations: number): Expectation {
    const known = new Map<ProjectId, Known>()
    for (const moment of this.#moments) if (moment.at <= operations) known.set(moment.id, moment.known)
    return known
  }

  /** Somebody begins to append. */
  attempt(id: ProjectId, drafts: readonly Draft[]): void {
    const attempted = drafts.reduce<Attempt | undefined>(
      (before, draft) => new Attempt(before, draft),
      this.#committed.get(id),
    )
    this.#note(id, { attempted })
  }

  /** Nothing was written, they were told. */
  refused(id: ProjectId): void {
    this.#note(id, { attempted: this.#committed.get(id) })
  }

  /** Was appended; each line says before which offset all was durable. */
  committed(id: ProjectId, lines: readonly CommittedLine[]): void {
    const { attempted } = this.#of(id)
    for (const { text, next } of lines) {
      const attempt = prefixOf(attempted, next.offset)
      if (attempt === undefined) throw new Error(`${id}: record ${next.offset - 1} was never asked for`)
      attempt.hash = next.hash
      this.#note(id, { acknowledged: Number(/"synced":(\d+)/.exec(text)?.[1]) })
    }
    this.#committed.set(id, attempted)
    this.#note(id, { answered: lengthOf(attempted) })
  }

  /** Somebody was told that all before a position is durable. */
  acknowledge(id: ProjectId, { offset, hash }: Position): void {
    const { attempted } = this.#of(id)
    const attempt = prefixOf(attempted, offset)
    if (lengthOf(attempted) < offset || (attempt?.hash ?? hash) !== hash) {
      throw new Error(`${id}: ${offset}:${hash} was told, and never was`)
    }
    this.#note(id, { acknowledged: offset })
  }

  /** A server has started and shows these records. */
  recovered(id: ProjectId, last: Attempt | undefined): void {
    this.#committed.set(id, last)
    this.#note(id, { attempted: last, acknowledged: lengthOf(last), answered: lengthOf(last) })
  }

  /** A snapshot was said to be kept. */
  snapshot(id: ProjectId, offset: number): void {
    this.#note(id, { snapshot: offset })
  }

  #of(id: ProjectId): Known {
    return this.#known.get(id) ?? nothing
  }

  /** Promises are never taken back. */
  #note(id: ProjectId, news: Partial<Known>): void {
    const known = this.#of(id)
    const next = {
      attempted: 'attempted' in news ? news.attempted : known.attempted,
      acknowledged: Math.max(known.acknowledged, news.acknowledged ?? 0),
      answered: Math.max(known.answered, news.answered ?? 0),
      snapshot: Math.max(known.snapshot, news.snapshot ?? 0),
    }
    this.#known.set(id, next)
    this.#moments.push({ at: this.#now(), id, known: next })
  }
}
