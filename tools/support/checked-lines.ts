import { AppError } from '../../src/errors.ts'
import { judge } from '../../src/log/recovery/judge.ts'
import { type Cursor, type GoodLine, type Stop, scanSteps } from '../../src/log/recovery/scan.ts'
import type { LogFiles } from '../../src/log/segment.ts'

/**
 * The lines of a log from a cursor on, each checked by itself and in its place in the chain, a few at a time; the cursor is
 * behind them then. Ends where the log does, or where a write was torn or is under way. Throws PROJECT_QUARANTINED at
 * damage, and LOG_UNAVAILABLE at records that only a newer server understands.
 */
export async function* checkedLines(files: LogFiles, cursor: Cursor): AsyncGenerator<readonly GoodLine[]> {
  for await (const step of scanSteps(files, cursor)) {
    if (step.kind === 'lines') yield step.lines
    else await refuseUnlessEnd(files, cursor, step)
  }
}

const refuseUnlessEnd = async (files: LogFiles, cursor: Cursor, stop: Stop): Promise<void> => {
  const { projectId } = files
  const { offset } = cursor.head
  if (stop.kind === 'end') return
  if (stop.kind === 'newer') {
    throw new AppError(
      'LOG_UNAVAILABLE',
      `From record ${offset} on, the log of project ${projectId} needs a newer server: ${stop.reason}`,
    )
  }
  const { kind, reason } = await judge(files, cursor, stop)
  if (kind === 'torn') return
  throw new AppError('PROJECT_QUARANTINED', `The log of project ${projectId} is damaged at record ${offset}: ${reason}`)
}
