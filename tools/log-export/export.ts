import type { EventRecord } from '../../events/index.ts'
import type { Moment } from '../../projections/history.ts'
import { AppError } from '../../src/errors.ts'
import type { GoodLine } from '../../src/log/recovery/scan.ts'
import { checkedLines } from '../support/checked-lines.ts'
import { beginning, type LogSource, logFilesOf, progressTeller } from '../support/log-files.ts'
import { isFrom, isUpTo } from '../support/moment.ts'
import type { ExportFormat, Extract } from './format.ts'

export interface ExportOptions extends LogSource {
  /** The first record, and the last one; all of them where nothing is said. */
  readonly from: Moment | undefined
  readonly to: Moment | undefined
  readonly format: ExportFormat
  readonly onProgress: (bytes: number) => void
}

/** A log on its way out. */
export interface LogExport {
  /** What to write, piece by piece. */
  readonly texts: AsyncIterable<string>
  /** Resolves when all texts have been taken. */
  readonly extract: Promise<Extract>
}

/**
 * Writes out a log as it is now, or a part of it, piece by piece. All of it up to the last record that is written is checked
 * on the way, also what is not written. Throws PROJECT_QUARANTINED at damage, when what was before it has been written
 * already, and NOT_FOUND when there is nothing to write.
 */
export const exportLog = (options: ExportOptions): LogExport => {
  let tell = (_: Extract): void => {}
  const extract = new Promise<Extract>((resolve) => {
    tell = resolve
  })
  return { texts: textsOf(options, tell), extract }
}

async function* textsOf(options: ExportOptions, onEnd: (extract: Extract) => void): AsyncGenerator<string> {
  const { projectId, format } = options
  const writer = await format.start(projectId)
  let first: EventRecord | undefined
  let last: EventRecord | undefined
  let isCut = false
  for await (const part of wantedParts(options)) {
    isCut = part.isCut
    const [line] = part.lines
    if (line === undefined) continue
    if (first === undefined && format.needsStart === true && line.record.offset > 0) {
      throw new AppError('VALIDATION_ERROR', 'This format takes a log from its first record on: leave out --from')
    }
    if (first === undefined) yield writer.begin()
    first ??= line.record
    last = part.lines.at(-1)?.record
    yield writer.lines(part.lines)
  }
  if (first === undefined || last === undefined) {
    throw new AppError('NOT_FOUND', `The log of project ${projectId} has no records there`)
  }
  const extract = extractOf(first, last, isCut)
  yield writer.end(extract)
  onEnd(extract)
}

interface WantedPart {
  readonly lines: readonly GoodLine[]
  /** Whether something stands behind all that is wanted. */
  readonly isCut: boolean
}

async function* wantedParts({ from, to, onProgress, ...source }: ExportOptions): AsyncGenerator<WantedPart> {
  const files = await logFilesOf(source)
  const cursor = beginning()
  const tell = progressTeller(files, cursor, onProgress)
  try {
    for await (const lines of checkedLines(files, cursor)) {
      tell()
      const isCut = lines.some(({ record }) => !isUpTo(record, to))
      yield { lines: lines.filter(({ record }) => isFrom(record, from) && isUpTo(record, to)), isCut }
      if (isCut) return
    }
  } catch (error) {
    // Damage is not in the way of what stands before it.
    if (to?.kind !== 'offset' || cursor.head.offset <= to.offset) throw error
    yield { lines: [], isCut: true }
  }
}

const extractOf = (first: EventRecord, last: EventRecord, isCut: boolean): Extract => ({
  projectId: first.projectId,
  from: first.offset,
  records: last.offset + 1 - first.offset,
  head: { offset: last.offset + 1, hash: last.hash },
  whole: first.offset === 0 && !isCut,
})
