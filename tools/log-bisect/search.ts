import type { EventRecord } from '../../events/index.ts'
import { type ProjectState, rebuild } from '../../projections/index.ts'
import { AppError } from '../../src/errors.ts'
import { recordAt, stateBefore } from '../support/past.ts'
import type { ReadOnlyLog } from '../support/read-only-log.ts'
import type { Condition, Verdict } from './condition.ts'
import type { WithinTime } from './time-limit.ts'

export interface SearchOptions {
  readonly log: ReadOnlyLog
  readonly condition: Condition
  /** The record after which the search begins; -1 for the beginning of the log, where no condition holds. */
  readonly after: number
  /** The last record that counts. */
  readonly to: number
  readonly withinTime: WithinTime
  /** Ms since some moment. */
  readonly stopwatch: () => number
  /** Told now and then how many records were folded. */
  readonly onProgress: (records: number) => void
}

export type Outcome =
  /** The condition holds right after the record, and not right before it. */
  | { readonly kind: 'found'; readonly record: EventRecord }
  /** It holds at the beginning of the search already. */
  | { readonly kind: 'holds-before' }
  /** It does not hold where the search ends, or nowhere in it. */
  | { readonly kind: 'not-found'; readonly undecided: string | undefined }

/** For how long one evaluation may go on, ms. */
const patience = 10_000
/** For how long evaluations go on under one limit of time, ms. */
const slice = 50
/** How many records are folded and judged together at most. */
const batch = 256

/**
 * Some record that makes the condition true, by binary search: it does not hold at the beginning and does at the end, so in
 * between it turns true at least once. A state is judged where a snapshot has it, else it is folded from the last one that
 * the condition is known not to hold in; all in all that is about one pass over the log.
 */
export const bisect = async (options: SearchOptions): Promise<Outcome> => {
  const { log, after, to } = options
  const search = new Search(options)
  let low = await search.stateAfter(after)
  if (after >= 0 && (await search.judge(low, after)).holds) return { kind: 'holds-before' }
  const end = await search.judge(await search.stateAfter(to), to)
  if (!end.holds) return { kind: 'not-found', undecided: end.undecided }
  let [known, high] = [after, to]
  const probes = (await log.snapshots.list(log.projectId)).map((offset) => offset - 1)
  while (high - known > 1) {
    const snapshot = probes.find((offset) => offset > known && offset < high)
    const middle = snapshot ?? Math.floor((known + high) / 2)
    const state = snapshot === undefined ? await search.foldOn(low, known, middle) : await search.stateAfter(middle)
    if ((await search.judge(state, middle)).holds) high = middle
    else [low, known] = [state, middle]
  }
  return { kind: 'found', record: await recordAt(log, high) }
}

/** The first record that makes the condition true, by looking at every moment. */
export const findFirst = async (options: SearchOptions): Promise<Outcome> => {
  const { log, after, to } = options
  const search = new Search(options)
  const state = await search.stateAfter(after)
  if (after >= 0 && (await search.judge(state, after)).holds) return { kind: 'holds-before' }
  let undecided: string | undefined
  for await (const records of batches(log.records(after + 1, to + 1))) {
    for (let i = 0; i < records.length; ) {
      const judged = search.judgeSome(state, records.slice(i))
      const last = judged.at(-1)
      if (last?.verdict.holds) return { kind: 'found', record: last.record }
      undecided = last?.verdict.undecided
      i += judged.length
    }
  }
  return { kind: 'not-found', undecided }
}

interface Judged {
  readonly record: EventRecord
  readonly verdict: Verdict
}

class Search {
  readonly #options: SearchOptions
  #folded = 0

  constructor(options: SearchOptions) {
    this.#options = options
  }

  stateAfter(offset: number): Promise<ProjectState> {
    return stateBefore(this.#options.log, offset + 1, () => this.#count())
  }

  /** A state that is further on, over one that stays as it is. */
  async foldOn(low: ProjectState, from: number, to: number): Promise<ProjectState> {
    const state = low.layer()
    for await (const { record } of this.#options.log.records(from + 1, to + 1)) {
      rebuild(state, record)
      this.#count()
    }
    return state
  }

  async judge(state: ProjectState, offset: number): Promise<Verdict> {
    const { log, condition, withinTime } = this.#options
    const { at } = await recordAt(log, offset)
    return withinTime(patience, () => condition({ state, offset, at })) ?? tooLong(state, offset)
  }

  /** Folds records and judges after each, until the condition holds or a while is over; at least one. */
  judgeSome(state: ProjectState, records: readonly EventRecord[]): readonly Judged[] {
    const { condition, withinTime, stopwatch } = this.#options
    const judged: Judged[] = []
    const until = stopwatch() + slice
    withinTime(patience, () => {
      for (const record of records) {
        rebuild(state, record)
        this.#count()
        const verdict = condition({ state, offset: record.offset, at: record.at })
        judged.push({ record, verdict })
        if (verdict.holds || stopwatch() > until) break
      }
      return true
    }) ?? tooLong(state, records[judged.length]?.offset ?? 0)
    return judged
  }

  #count(): void {
    this.#folded += 1
    this.#options.onProgress(this.#folded)
  }
}

const tooLong = (state: ProjectState, offset: number): never => {
  throw new AppError(
    'VALIDATION_ERROR',
    `The condition takes longer than ${patience / 1000} s at record ${offset}, where there are ${state.task.size} tasks and ` +
      `${state.session.size} sessions. A list within a list is gone through once for each of its items.`,
  )
}

async function* batches(records: AsyncIterable<{ readonly record: EventRecord }>): AsyncGenerator<EventRecord[]> {
  let gathered: EventRecord[] = []
  for await (const { record } of records) {
    gathered.push(record)
    if (gathered.length < batch) continue
    yield gathered
    gathered = []
  }
  if (gathered.length > 0) yield gathered
}
