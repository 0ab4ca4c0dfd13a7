import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../events/index.ts'
import { sha256 } from '../../../src/platform/hash.ts'
import { createHistory } from '../../../src/store/history.ts'
import { createSession, updateSession } from '../../support/commands.ts'
import { entityFilesOn, expectedFiles, openFiles } from '../../support/entity-files-fixture.ts'
import { MemoryFileSystem } from '../../support/memory-file-system.ts'
import { MemorySnapshots } from '../../support/memory-snapshots.ts'
import { allOf, noRest } from '../../support/store-fixture.ts'
import { session } from '../../support/vocabulary.ts'

const json = (text: string): JsonObject => JSON.parse(text)

describe('values that JSON writes in one way only, or that objects treat in a special way', () => {
  it.each<[string, JsonObject]>([
    ['minus zero', { n: -0, list: [-0, { n: -0 }] }],
    ['integers beyond 2^53', json('{"n":9007199254740993,"m":-123456789012345678901234567890}')],
    ['numbers at the edges', { a: 5e-324, b: 1.7976931348623157e308, c: 1e21, d: 0.1 + 0.2 }],
    ['keys that look like numbers, in another order', json('{"10":1,"9":2,"b":3,"a":4,"01":5}')],
    ['keys that every object has', json('{"__proto__":{"x":1},"constructor":null,"toString":"x","hasOwnProperty":1}')],
    [
      'text that is no Unicode, and line ends of all kinds',
      { t: '\ud800 \udc00 \u2028\u2029\r\n\u0085\0', '\ud83d': 1 },
    ],
  ])('are the same live, from the log, from a snapshot and in the file: %s', async (_, metadata) => {
    const disk = new MemoryFileSystem()
    const { fixture, files } = await openFiles(disk)
    const project = await fixture.givenProject()
    const id = session('s')
    await fixture.send(project, createSession({ sessionId: id, metadata }))
    await fixture.send(
      project,
      updateSession(id, { metadata: { more: metadata }, events: [{ type: 'x', data: metadata }] }),
    )
    await files.flush()
    const live = allOf(fixture.stateOf(project))
    const fromLog = createHistory({ log: fixture.log, snapshots: new MemorySnapshots(), sha256, pace: noRest })
    expect(allOf(await fromLog.stateBefore(project, 3))).toEqual(live)
    await fixture.snapshot(project)
    const restarted = await fixture.another()
    expect(allOf(restarted.stateOf(project))).toEqual(live)
    expect(restarted.stateHash(project)).toBe(fixture.stateHash(project))
    expect(entityFilesOn(disk)).toEqual(expectedFiles(restarted))
    expect(entityFilesOn(disk)).toEqual(expectedFiles(fixture))
  })
})
