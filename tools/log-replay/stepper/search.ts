import { lineEnds } from '../../../src/log/lines.ts'
import type { ReadOnlyLog } from '../../support/read-only-log.ts'

const utf8 = new TextDecoder()

/** How many records are looked at together when a search goes back. */
const stretch = 1_000
const typePrefix = 'type:'

/** Whether a line of a log is what somebody searches for. */
export type Matcher = (line: string) => boolean

/** A text in any case, anywhere in a record; `type:` and a text is in its type. */
export const matcherOf = (text: string): Matcher => {
  if (!text.startsWith(typePrefix)) {
    const wanted = text.toLowerCase()
    return (line) => line.toLowerCase().includes(wanted)
  }
  const wanted = text.slice(typePrefix.length)
  return (line) => /"type":"([^"]*)"/.exec(line)?.[1]?.includes(wanted) ?? false
}

export interface SearchOptions {
  readonly log: Pick<ReadOnlyLog, 'read' | 'projectId' | 'head'>
  readonly matches: Matcher
  /** Where to begin, and in which direction to go. */
  readonly from: number
  readonly step: 1 | -1
  readonly onProgress: (offset: number) => void
  readonly signal: AbortSignal
}

/** The offset of the next record that matches; undefined when there is none, or nobody wants to know any more. */
export const searchRecords = async (options: SearchOptions): Promise<number | undefined> => {
  const { log, from, step, onProgress, signal } = options
  if (from < 0 || from >= log.head.offset) return undefined
  if (step === 1) return firstMatch(options, from, log.head.offset)
  for (let to = from + 1; to > 0 && !signal.aborted; to -= stretch) {
    const found = await lastMatch(options, Math.max(0, to - stretch), to)
    if (found !== undefined) return found
    onProgress(to)
  }
  return undefined
}

const firstMatch = async (
  { log, matches, onProgress, signal }: SearchOptions,
  from: number,
  to: number,
): Promise<number | undefined> => {
  for await (const { from: first, bytes } of log.read(log.projectId, from, to - from)) {
    if (signal.aborted) return undefined
    for (const [i, line] of linesOf(bytes)) if (matches(line)) return first + i
    onProgress(first)
  }
  return undefined
}

const lastMatch = async ({ log, matches }: SearchOptions, from: number, to: number): Promise<number | undefined> => {
  let found: number | undefined
  for await (const { from: first, bytes } of log.read(log.projectId, from, to - from)) {
    for (const [i, line] of linesOf(bytes)) if (matches(line)) found = first + i
  }
  return found
}

function* linesOf(bytes: Uint8Array): Generator<readonly [index: number, line: string]> {
  let [start, i] = [0, 0]
  for (const end of lineEnds(bytes)) {
    yield [i, utf8.decode(bytes.subarray(start, end - 1))]
    start = end
    i += 1
  }
}
