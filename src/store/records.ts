import { type EventRecord, openLine, type Position, type ProjectId, type Sha256 } from '../../events/index.ts'
import { AppError } from '../errors.ts'
import type { Log } from '../log/log.ts'

/** A record of the log with its line, line feed included, and the position after it. */
export interface ReadRecord {
  readonly record: EventRecord
  readonly line: string
  readonly next: Position
}

const lineFeed = 0x0a
const utf8 = new TextDecoder()

/** Reads committed records from an offset on, at most `limit`. Lines that have changed since they were verified are an error. */
export async function* readRecords(
  log: Log,
  sha256: Sha256,
  projectId: ProjectId,
  from: number,
  limit?: number,
): AsyncGenerator<ReadRecord> {
  for await (const { bytes } of log.read(projectId, from, limit)) {
    for (let at = 0; at < bytes.length; ) {
      const end = bytes.indexOf(lineFeed, at)
      const opened = openLine(bytes.subarray(at, end), sha256)
      if (opened.kind !== 'record') {
        throw new AppError('LOG_UNAVAILABLE', `The log of project ${projectId} has changed on disk: ${opened.reason}`)
      }
      yield { record: opened.record, line: utf8.decode(bytes.subarray(at, end + 1)), next: opened.next }
      at = end + 1
    }
  }
}
