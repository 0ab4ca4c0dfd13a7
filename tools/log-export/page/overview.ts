import { TaskStatus } from '../../../events/index.ts'
import type { Axis } from './axis.ts'
import type { Lane } from './lanes.ts'

/** How many tasks had a status, at equal distances along an axis. */
export interface Layer {
  readonly status: TaskStatus
  readonly counts: readonly number[]
}

/** How many tasks of which status there were over the history: what lies at the bottom comes first. */
export const overviewOf = (lanes: readonly Lane[], axis: Axis, records: number, samples: number): readonly Layer[] => {
  const offsets = Array.from({ length: samples + 1 }, (_, i) => axis.offsetAt(i / samples))
  return stacked.map((status) => {
    const counts = countsOf(lanes, status, records)
    return { status, counts: offsets.map((offset) => counts[offset] ?? 0) }
  })
}

const stacked: readonly TaskStatus[] = [...TaskStatus.options].reverse()

/** How many tasks had a status after each record. */
const countsOf = (lanes: readonly Lane[], status: TaskStatus, records: number): Int32Array => {
  const counts = new Int32Array(records + 1)
  const add = (offset: number, change: number): void => {
    counts[offset] = (counts[offset] ?? 0) + change
  }
  for (const { kind, spans } of lanes) {
    if (kind !== 'task') continue
    for (const span of spans) {
      if (span.status !== status) continue
      add(span.from, 1)
      add(span.to ?? records, -1)
    }
  }
  for (let offset = 1; offset < counts.length; offset += 1) add(offset, counts[offset - 1] ?? 0)
  return counts
}
