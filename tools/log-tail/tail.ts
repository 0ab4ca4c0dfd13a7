import type { ProjectId } from '../../events/index.ts'
import type { Moment } from '../../projections/history.ts'
import { AppError } from '../../src/errors.ts'
import { isFrom } from '../support/moment.ts'
import type { LoggedRecord, ReadOnlyLog } from '../support/read-only-log.ts'
import type { Changed, Watch } from '../support/watch.ts'
import { everything, filterOf, type Wanted } from './filter.ts'
import { lastOf, mergeByTime } from './merge.ts'

/** Where to begin, and what to show. */
export interface TailOptions extends Wanted {
  /** The first record. */
  readonly from: Moment | undefined
  /** Only so many, the last ones. */
  readonly count: number | undefined
}

/** A record that is shown. */
export interface Shown extends LoggedRecord {
  readonly at: number
}

/** What is wanted of some logs, in the order of time, as they are now. */
export const tail = (logs: readonly ReadOnlyLog[], options: TailOptions): AsyncGenerator<Shown> => {
  const merged = mergeByTime(logs.map((log) => wantedOf(log, firstOffset(log, options), options)))
  return options.count === undefined ? merged : lastOf(merged, options.count)
}

const firstOffset = ({ head }: ReadOnlyLog, { from, count, ...wanted }: TailOptions): number => {
  if (from !== undefined) return from.kind === 'offset' ? from.offset : 0
  return count !== undefined && everything(wanted) ? Math.max(0, head.offset - count) : 0
}

/** `onRecord` is told of every record, wanted or not, before it is handed out. */
async function* wantedOf(
  log: ReadOnlyLog,
  offset: number,
  { from, ...wanted }: TailOptions,
  onRecord: (offset: number) => void = () => {},
): AsyncGenerator<Shown> {
  const passes = filterOf(wanted)
  for await (const line of log.records(Math.min(offset, log.head.offset))) {
    onRecord(line.record.offset)
    if (isFrom(line.record, from) && passes(line)) yield { ...line, at: line.record.at }
  }
}

/** How to go on when all that there was has been shown. */
export interface FollowOptions {
  readonly createWatch: () => Watch
  /** The directory that all logs are in, and the one that a log is in. */
  readonly logs: string
  readonly directoryOf: (projectId: ProjectId) => string
  /** Logs that are there now and were not before. */
  readonly newLogs: () => Promise<readonly ReadOnlyLog[]>
}

/** What is wanted of what is appended to some logs from now on, and of new logs; never ends. */
export async function* follow(
  logs: readonly ReadOnlyLog[],
  options: TailOptions,
  { createWatch, logs: directory, directoryOf, newLogs }: FollowOptions,
): AsyncGenerator<Shown> {
  const watch = createWatch()
  const followed = logs.map((log) => new Followed(log, log.head.offset))
  let mayHaveChanged: Changed = () => true
  try {
    for (;;) {
      // First watched, then looked at: what happens in between is noticed.
      watch.add(directory)
      const fresh = (await newLogs()).map((log) => new Followed(log, 0))
      followed.push(...fresh)
      for (const { log } of followed) watch.add(directoryOf(log.projectId))
      const due = followed.filter((one) => fresh.includes(one) || mayHaveChanged(directoryOf(one.log.projectId)))
      yield* mergeByTime(due.map((one) => one.news(options)))
      mayHaveChanged = await watch.changed()
    }
  } finally {
    watch.close()
  }
}

/** A log, and how far it has been shown. */
class Followed {
  readonly log: ReadOnlyLog
  #next: number

  constructor(log: ReadOnlyLog, next: number) {
    this.log = log
    this.#next = next
  }

  /**
   * What is wanted of what has been appended since. A redaction may put another file in the place of one that is being read;
   * then it is read again from where it was left. Throws HISTORY_DIVERGED when the log is not the same any more.
   */
  async *news(options: TailOptions): AsyncGenerator<Shown> {
    try {
      yield* this.#news(options)
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'HISTORY_DIVERGED') throw error
      yield* this.#news(options)
    }
  }

  async *#news(options: TailOptions): AsyncGenerator<Shown> {
    await this.log.refresh()
    if (this.log.head.offset <= this.#next) return
    yield* wantedOf(this.log, this.#next, options, (offset) => {
      this.#next = offset + 1
    })
  }
}
