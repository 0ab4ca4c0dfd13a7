import { expect, it } from 'vitest'
import { LoadProgress, type LoadTotals, recordsPerLook } from '../../../src/store/load-progress.ts'
import { projectId } from '../../support/vocabulary.ts'

it('a start says how far it is after a second, and then every second, be it in a log or in snapshots', () => {
  let now = 500
  const said: LoadTotals[] = []
  const progress = new LoadProgress(
    () => now,
    (totals) => said.push(totals),
  )
  const records = (ms: number): void => {
    now += ms
    for (let i = 0; i < recordsPerLook; i += 1) progress.record(projectId)
  }
  const snapshot = (ms: number): void => {
    now += ms
    progress.restored(projectId)
  }
  records(999)
  expect(said).toEqual([])
  records(1)
  records(400)
  snapshot(599)
  expect(said).toEqual([{ projectId, snapshots: 0, records: 2 * recordsPerLook }])
  snapshot(5000)
  records(999)
  expect(said.slice(1)).toEqual([{ projectId, snapshots: 2, records: 3 * recordsPerLook }])
  expect(progress.records).toBe(4 * recordsPerLook)
})
