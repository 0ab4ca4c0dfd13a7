import type { EventRecord } from '../../events/index.ts'
import { AppError } from '../../src/errors.ts'
import type { GoodLine } from '../../src/log/recovery/scan.ts'
import { checkedLines } from '../support/checked-lines.ts'
import { beginning, type LogSource, logFilesOf, progressTeller } from '../support/log-files.ts'
import { type Redaction, redact } from './redaction.ts'
import { needlesOf } from './secret.ts'

export interface PlanOptions extends LogSource {
  /** Which record, and what of its data. */
  readonly offset: number
  readonly pointer: string
  readonly onProgress: (bytes: number) => void
}

/** A redaction before it is carried out. */
export interface Plan {
  /** As it is now. */
  readonly record: EventRecord
  readonly redaction: Redaction
  /** The record that announces it, if one does: then it was begun before. */
  readonly announcedAt: number | undefined
  /** The last record of the log. */
  readonly last: EventRecord
  /** The texts that are taken out. */
  readonly needles: readonly Buffer[]
}

/** Checks the whole log and finds out what there is to do. Only reads. Throws PROJECT_QUARANTINED for a damaged log. */
export const planRedaction = async (options: PlanOptions): Promise<Plan> => {
  const { projectId, offset, pointer, sha256 } = options
  const files = await logFilesOf(options)
  const cursor = beginning()
  const tell = progressTeller(files, cursor, options.onProgress)
  let target: GoodLine | undefined
  let last: EventRecord | undefined
  const announcements = new Map<string, number>()
  for await (const lines of checkedLines(files, cursor)) {
    tell()
    for (const { record, bytes } of lines) {
      // A copy: the line is a part of a whole block, which memory need not hold.
      if (record.offset === offset) target = { record, bytes: bytes.slice() }
      if (record.type === 'record:redacted' && record.data.offset === offset && target !== undefined) {
        announcements.set(record.data.digest, record.offset)
      }
    }
    last = lines.at(-1)?.record
  }
  if (target === undefined || last === undefined) {
    throw new AppError('NOT_FOUND', `The log of project ${projectId} has no record ${offset}`)
  }
  const redaction = redact(target.bytes, target.record, pointer, sha256)
  const announcedAt = announcements.get(redaction.digest)
  return { record: target.record, redaction, announcedAt, last, needles: needlesOf(redaction.old) }
}
