import { openLine } from '../../events/index.ts'
import { lineFeed } from '../../src/log/format.ts'
import { sha256 } from '../../src/platform/hash.ts'
import type { LoggedRecord, ReadOnlyLog } from './read-only-log.ts'
import { viewOf } from './view.ts'

type Source = Pick<ReadOnlyLog, 'read' | 'projectId'>
type Found = Pick<LoggedRecord, 'record'>

/**
 * The records from an offset on in whose line some letters stand. Only those lines are looked into, so that few records among
 * many are found about as fast as the log is read.
 */
export async function* recordsWith(log: Source, letters: string, from = 0): AsyncGenerator<Found> {
  const mark = Buffer.from(letters)
  for await (const { bytes } of log.read(log.projectId, from)) {
    const block = viewOf(bytes)
    for (let at = block.indexOf(mark); at !== -1; ) {
      const end = block.indexOf(lineFeed, at)
      const opened = openLine(block.subarray(block.lastIndexOf(lineFeed, at) + 1, end), sha256)
      if (opened.kind === 'record') yield opened
      at = block.indexOf(mark, end)
    }
  }
}

/** The records from an offset on whose type begins with some letters, found in the same way. */
export async function* recordsOfType(log: Source, prefix: string, from = 0): AsyncGenerator<Found> {
  for await (const found of recordsWith(log, `,"type":"${prefix}`, from)) {
    if (found.record.type.startsWith(prefix)) yield found
  }
}
