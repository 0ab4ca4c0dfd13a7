import type { Instant } from '../events/index.ts'

/** A place in the past, as people name it: right after a record, or a time, ms since the epoch. */
export type Moment =
  | { readonly kind: 'offset'; readonly offset: number }
  | { readonly kind: 'time'; readonly at: Instant }

/** Smaller numbers are offsets. No log has so many records, and no clock has shown so little since March 1973. */
const firstTime = 1e11

const wholeNumber = /^[0-9]{1,15}$/
const isoTime =
  /^(?<date>\d{4}-\d\d-\d\d)(?:T(?<time>\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(?<zone>Z|[+-](?:[01]\d|2[0-3]):[0-5]\d))?$/

/**
 * Reads the name of a moment: a number below 10^11 is the offset of the last record included, a larger one is ms, and all
 * else is an ISO time with its zone, or a day, which begins at midnight UTC. Undefined for everything else.
 */
export const parseMoment = (text: string): Moment | undefined => {
  if (wholeNumber.test(text)) {
    const number = Number(text)
    return number < firstTime ? { kind: 'offset', offset: number } : { kind: 'time', at: number }
  }
  const at = parseTime(text)
  return at === undefined || at < 0 ? undefined : { kind: 'time', at }
}

export const momentForm = 'must be an offset, milliseconds since 1970, or an ISO time such as 2026-01-31T12:00:00Z'

const parseTime = (text: string): number | undefined => {
  // Whoever forgets to encode the plus of a zone in a query sends a space.
  const match = isoTime.exec(text.replace(/ (?=\d\d:\d\d$)/, '+'))
  const { date = '', time = '00:00', zone = 'Z' } = match?.groups ?? {}
  const at = match === null || !isDay(date) ? Number.NaN : Date.parse(`${date}T${time}${zone}`)
  return Number.isNaN(at) ? undefined : at
}

/** Days that there never were, such as 30 February, would be taken for later ones. */
const isDay = (date: string): boolean => {
  const midnight = Date.parse(`${date}T00:00Z`)
  return !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(date)
}

/** From when to when a log goes: time of its first record, and place and time of its last one. */
export interface Span {
  readonly from: Instant
  readonly last: number
  readonly to: Instant
}

export type FoundMoment =
  /** The offset of the last record that had happened. */
  | { readonly kind: 'found'; readonly offset: number }
  /** Before the first record or after the last: of what was true then, the log says nothing. */
  | { readonly kind: 'outside'; readonly reason: string }

/**
 * Where in a log a moment is; `span` is undefined for a log without records. A time is looked for by bisection: times never
 * go back within a log, so of a million records the times of twenty are asked for.
 */
export const findMoment = async (
  moment: Moment,
  span: Span | undefined,
  timeOf: (offset: number) => Promise<Instant>,
): Promise<FoundMoment> => {
  if (span === undefined) return { kind: 'outside', reason: 'the log has no records' }
  if (moment.kind === 'offset') {
    return moment.offset <= span.last ? { kind: 'found', offset: moment.offset } : outside(span)
  }
  if (moment.at < span.from || moment.at > span.to) return outside(span)
  let [last, after] = [0, span.last + 1]
  while (after - last > 1) {
    const middle = Math.floor((last + after) / 2)
    if ((await timeOf(middle)) <= moment.at) last = middle
    else after = middle
  }
  return { kind: 'found', offset: last }
}

const outside = ({ from, last, to }: Span): FoundMoment => ({
  kind: 'outside',
  reason: `the log goes from offset 0 (${isoOf(from)}) to offset ${last} (${isoOf(to)})`,
})

const isoOf = (at: Instant): string => new Date(at).toISOString()
