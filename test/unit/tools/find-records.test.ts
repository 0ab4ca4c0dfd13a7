import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { DomainEvent } from '../../../events/index.ts'
import { createHasher, sha256 } from '../../../src/platform/hash.ts'
import { recordsOfType } from '../../../tools/support/find-records.ts'
import { openReadOnlyLog } from '../../../tools/support/read-only-log.ts'
import { eventAdded, projectCreated, projectUpdated, taskCreated } from '../../support/events.ts'
import { histories } from '../../support/export-import.ts'
import { appendAll, draftOf, fileLog } from '../../support/logs.ts'
import { MemoryFileSystem } from '../../support/memory-file-system.ts'
import { projectId, session, task } from '../../support/vocabulary.ts'

const dataDir = '/data'

const found = async (events: readonly DomainEvent[], prefix: string, from: number): Promise<number[]> => {
  const fs = new MemoryFileSystem()
  const log = await fileLog(fs, dataDir, { segmentBytes: 2000 })
  for (const [offset, event] of events.entries()) await appendAll(log, [draftOf(event, offset)])
  await log.close()
  const inUse = async () => false
  const read = await openReadOnlyLog({ fs, sha256, createHasher, dataDir, projectId, inUse })
  const offsets: number[] = []
  for await (const { record } of recordsOfType(read, prefix, from)) offsets.push(record.offset)
  return offsets
}

it('records are found by the letters of their type, as a look at each of them finds them', async () => {
  const prefixes = fc.constantFrom('project:', 'task:', 'task:updated', 'session:', 'record:redacted', 'p', '')
  await fc.assert(
    fc.asyncProperty(histories, prefixes, fc.nat({ max: 20 }), async (events, prefix, from) => {
      const expected = events.flatMap(({ type }, i) => (i >= from && type.startsWith(prefix) ? [i] : []))
      expect(await found(events, prefix, from)).toEqual(expected)
    }),
    { numRuns: 30 },
  )
})

it('what only looks like a type is none', async () => {
  const data = { a: 1, type: 'project:updated', z: ',"type":"project:updated"' }
  const events = [
    projectCreated(),
    eventAdded(session('s'), { type: 'project:updated', data }),
    taskCreated(task('a'), { title: ',"type":"project:updated"' }),
    projectUpdated({ name: 'B' }),
  ]
  expect(await found(events, 'project:updated', 0)).toEqual([3])
})
