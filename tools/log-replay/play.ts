import { type ProjectState, rebuild } from '../../projections/index.ts'
import type { Pause } from '../../src/platform/timers.ts'
import { deedOf, whoOf } from '../story/sentence.ts'
import { grouped } from '../support/numbers.ts'
import type { LoggedRecord } from '../support/read-only-log.ts'
import { timeText } from '../support/shown.ts'
import type { Paint } from '../support/style.ts'

export interface PlayOptions {
  readonly records: AsyncIterable<LoggedRecord>
  /** How many times as fast as it was; infinite for as fast as it goes. */
  readonly speed: number
  /** The longest pause between two records, ms. */
  readonly longestPause: number
  readonly pause: Pause
  readonly lineOf: (played: LoggedRecord) => string
}

/** Lines of records, each when its time has come. */
export async function* play({ records, speed, longestPause, pause, lineOf }: PlayOptions): AsyncGenerator<string> {
  const never = new AbortController().signal
  let last: number | undefined
  for await (const logged of records) {
    const { at } = logged.record
    const ms = Math.min((at - (last ?? at)) / speed, longestPause)
    last = at
    // Timers are not finer than that.
    if (ms >= 1) await pause(ms, never)
    yield lineOf(logged)
  }
}

/** Records as sentences, after their times and offsets. `state` is that before the first of them, and is folded on. */
export const sentences =
  (state: ProjectState, paint: Paint, width: number): PlayOptions['lineOf'] =>
  ({ record }) => {
    const place = `${timeText(record.at)} ${grouped(record.offset).padStart(width)}`
    const sentence = `${whoOf(record.actor, { state })} ${deedOf(record, { state })}`
    rebuild(state, record)
    return `${paint(place, 'dim')}  ${sentence}`
  }

const utf8 = new TextDecoder()

/** A record as it stands in the log. */
export const recordLine: PlayOptions['lineOf'] = ({ line }) => utf8.decode(line.subarray(0, -1))
