import type { Row } from './row.ts'
import { appendRows } from './rows/append.ts'
import { httpRows } from './rows/http.ts'
import { logRows } from './rows/log.ts'
import { memoryRows } from './rows/memory.ts'
import { overloadRows } from './rows/overload.ts'
import { pastRows } from './rows/past.ts'
import { snapshotRows } from './rows/snapshot.ts'
import { startRows } from './rows/start.ts'
import { streamRows } from './rows/stream.ts'
import { timelineRows } from './rows/timeline.ts'

/** Every row, in the order in which they run. */
export const rows: readonly Row[] = [
  ...httpRows,
  ...appendRows,
  ...logRows,
  ...startRows,
  ...snapshotRows,
  ...streamRows,
  ...timelineRows,
  ...pastRows,
  ...memoryRows,
  ...overloadRows,
]
