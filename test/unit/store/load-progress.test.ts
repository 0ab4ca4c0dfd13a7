import { expect, it } from 'vitest'
import { LoadProgress, type LoadTotals } from '../../../src/store/load-progress.ts'
import { projectId } from '../../support/vocabulary.ts'

it('a start says how far it is after a second, and then every second, be it in a log or in snapshots', () => {
  let now = 500
  const said: LoadTotals[] = []
  const progress = new LoadProgress(
    () => now,
    (totals) => said.push(totals),
  )
  const read = (ms: number, what: 'record' | 'restored'): void => {
    now += ms
    progress[what](projectId)
  }
  read(999, 'record')
  expect(said).toEqual([])
  read(1, 'record')
  read(400, 'record')
  read(599, 'restored')
  expect(said).toEqual([{ projectId, snapshots: 0, records: 2 }])
  read(5000, 'restored')
  read(999, 'record')
  expect(said.slice(1)).toEqual([{ projectId, snapshots: 2, records: 3 }])
  expect(progress.records).toBe(4)
})
