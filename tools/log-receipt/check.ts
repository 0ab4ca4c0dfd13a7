import type { Digest, Position, ProjectId } from '../../events/index.ts'
import { AppError } from '../../src/errors.ts'
import type { LoggedRecord, ReadOnlyLog } from '../support/read-only-log.ts'
import { type RedactionNote, redactionsOf } from '../support/redactions.ts'

/** What an answer of a server said of the record that it made: the headers `Maestro-Offset` and `Maestro-Hash`. */
export interface Receipt {
  readonly offset: number
  readonly hash: Digest
}

/** What has become of a record. Keeps its shape: programs read it. */
export interface ReceiptReport extends Receipt {
  readonly projectId: ProjectId
  /**
   * `kept`: the log has the record. `redacted`: it has, without some of its data. `cut`: it ends before. `rewritten`: it has
   * another record there. `damaged`, `newer`: it can only be read up to before the record.
   */
  readonly status: 'kept' | 'redacted' | 'cut' | 'rewritten' | 'damaged' | 'newer'
  /** The hash of the record that is there; null where none can be read. */
  readonly found: Digest | null
  readonly redactions: readonly RedactionNote[]
  /** Where the log ends, or cannot be read any more. */
  readonly head: Position
  /** Why it cannot be read any more. */
  readonly reason: string | null
}

/** Finds out whether a log still contains what somebody was told. */
export const checkReceipt = async (log: ReadOnlyLog, receipt: Receipt): Promise<ReceiptReport> => {
  const { projectId, ending } = log
  const head = { offset: log.head.offset, hash: log.head.hash }
  const report = { projectId, ...receipt, head, found: null, redactions: [], reason: null }
  if (receipt.offset >= head.offset) {
    return ending.kind === 'whole'
      ? { ...report, status: 'cut' }
      : { ...report, status: ending.kind, reason: ending.reason }
  }
  const record = await recordAt(log, receipt.offset)
  if ('reason' in record) return { ...report, status: 'damaged', reason: record.reason }
  const found = record.hash
  if (found !== receipt.hash) return { ...report, status: 'rewritten', found }
  const redactions = await redactionsOf(log, receipt.offset)
  return { ...report, status: record.redacted === undefined ? 'kept' : 'redacted', found, redactions }
}

/** What is in front of a snapshot was not looked at when the log was opened, and may be damaged. */
const recordAt = async (
  log: ReadOnlyLog,
  offset: number,
): Promise<LoggedRecord['record'] | { readonly reason: string }> => {
  try {
    for await (const { record } of log.records(offset, offset + 1)) return record
    return { reason: `there is no record ${offset}` }
  } catch (error) {
    if (error instanceof AppError && error.code === 'PROJECT_QUARANTINED') return { reason: error.message }
    throw error
  }
}
