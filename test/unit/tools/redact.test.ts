import { describe, expect, it } from 'vitest'
import type { ProjectId, TaskId } from '../../../events/index.ts'
import { stateHash } from '../../../projections/index.ts'
import type { Command } from '../../../src/commands/command.ts'
import type { FileSystem } from '../../../src/platform/file-system.ts'
import { createHasher, sha256 } from '../../../src/platform/hash.ts'
import { createRecordIds } from '../../../src/platform/ids.ts'
import { foldLog } from '../../../tools/fold-log/fold.ts'
import { mulberry32 } from '../../../tools/load-history/chance.ts'
import { type RedactOptions, type RedactReport, redactRecord } from '../../../tools/log-redact/redact.ts'
import { verifyLog } from '../../../tools/log-verify/verify.ts'
import { dataDir, openAtOnce, type SimulatedServer } from '../../simulation/server.ts'
import {
  addSessionEvent,
  addTimelineEntry,
  createSession,
  createTask,
  deleteSession,
  updateTask,
} from '../../support/commands.ts'
import { Death, DyingFileSystem } from '../../support/dying-file-system.ts'
import { crashStates, pointsOf } from '../../support/simulated-disk/crash-states.ts'
import type { DiskState } from '../../support/simulated-disk/disk-state.ts'
import { SimulatedDisk } from '../../support/simulated-disk/simulated-disk.ts'
import { filesOf } from '../../support/simulated-disk/tree.ts'
import { byUser } from '../../support/store-fixture.ts'
import { session } from '../../support/vocabulary.ts'

const secret = 'hunter2 "the" secret'
/** As it stands in files. */
const written = JSON.stringify(secret).slice(1, -1)
const settings = { fsync: 'always', segmentBytes: 2500, snapshotRecords: 4 } as const

/** Servers make other ids than those before them: `seed` says which. */
const serve = async (disk: FileSystem, seed = 7): Promise<SimulatedServer> => {
  const server = await openAtOnce(disk, settings, mulberry32(seed))
  await server.start()
  return server
}

const stop = async (server: SimulatedServer): Promise<void> => {
  await server.idle()
  await server.close()
  expect(server.errors).toEqual([])
}

interface Scene {
  readonly disk: SimulatedDisk
  readonly id: ProjectId
  readonly task: TaskId
  /** The record with the secret. */
  readonly offset: number
}

/**
 * What a server leaves behind: a log in several segments, snapshots, entity files. Something in the middle of it is a secret,
 * which one of `commands` gives away.
 */
const scene = async (give: (task: TaskId) => Command, after: readonly Command[] = []): Promise<Scene> => {
  const disk = new SimulatedDisk()
  const server = await serve(disk)
  const { store } = server
  const { sight } = await store.createProject({ name: 'Apollo' }, byUser)
  if (sight.kind !== 'project') throw new Error('no project')
  const { id } = sight
  const created = await store.inProject(id, createTask({ title: 'Build it' }), byUser)
  if (created.sight.kind !== 'task') throw new Error('no task')
  const task = created.sight.id
  const send = async (...commands: readonly Command[]): Promise<number> => {
    let offset = -1
    for (const command of commands) offset = (await store.inProject(id, command, byUser)).receipt.offset - 1
    await server.idle()
    return offset
  }
  const harmless = (n: number) => Array.from({ length: n }, (_, i) => createTask({ title: `Task ${i}` }))
  await send(...harmless(6), createSession({ sessionId: session('s'), taskIds: [task] }))
  const offset = await send(give(task))
  await send(...harmless(6), ...after)
  await stop(server)
  return { disk: new SimulatedDisk(disk.state), id, task, offset }
}

const said = (task: TaskId): Command => addTimelineEntry({ taskId: task, entry: { type: 'update', message: secret } })

const optionsFor = ({ disk, id, offset }: Scene, changes: Partial<RedactOptions> = {}): RedactOptions => ({
  ...{ fs: disk, sha256, createHasher, dataDir, projectId: id, clock: () => 5, pause: async () => {} },
  ...{ nextRecordId: createRecordIds(mulberry32(3)), actor: { kind: 'user', id: 'ada' }, onProgress: () => {} },
  ...{ offset, pointer: '/entry/message', reason: 'a password', yes: true },
  ...changes,
})

const redactIn = (scene: Scene, changes: Partial<RedactOptions> = {}): Promise<RedactReport> =>
  redactRecord(optionsFor(scene, changes))

const textsOf = (state: DiskState): Record<string, string> =>
  Object.fromEntries([...filesOf(state)].map(([path, bytes]) => [path, String(Buffer.from(bytes))]))

const holding = (state: DiskState): string[] =>
  Object.entries(textsOf(state))
    .filter(([, text]) => text.includes(written))
    .map(([path]) => path.slice(dataDir.length + 1))

const verified = async (disk: FileSystem, projectId: ProjectId): Promise<string> => {
  const inUse = async () => false
  const options = { fs: disk, sha256, createHasher, dataDir, projectId, deep: true, inUse, onProgress: () => {} }
  const { status, snapshots } = await verifyLog(options)
  expect(snapshots.map((one) => one.status).filter((one) => one !== 'ok')).toEqual([])
  return status
}

describe('a redaction', () => {
  it('takes a secret out of the log and of everything that follows from it', async () => {
    const { disk, id, task, offset } = await scene(said)
    const before = holding(disk.state)
    expect(before.map((path) => path.replace(/[^/]*$/, ''))).toEqual([
      `log/${id}/`,
      `log/${id}/`,
      `log/${id}/`,
      `tasks/${id}/`,
    ])
    const headBefore = await foldLog({ fs: disk, sha256, dataDir, projectId: id })

    const report = await redactIn({ disk, id, task, offset })
    expect(report).toMatchObject({
      ...{ status: 'done', replacement: '[redacted]', announcedAt: headBefore.head, type: 'task:timeline_added' },
      ...{ entityFiles: [`tasks/${id}/${task}.json`], elsewhere: { records: [], files: [] } },
    })
    expect(report.snapshots).toHaveLength(2)
    expect(holding(disk.state)).toEqual([])
    expect(await verified(disk, id)).toBe('ok')
    const folded = await foldLog({ fs: disk, sha256, dataDir, projectId: id })
    expect(folded.head).toBe(headBefore.head + 1)
    expect(folded.stateHash).not.toBe(headBefore.stateHash)

    const server = await serve(disk)
    const state = server.store.stateOf(id)
    expect(state && stateHash(state, sha256)).toBe(folded.stateHash)
    expect(server.store.task(task)?.entity.timeline.map(({ message }) => message)).toContain('[redacted]')
    await server.store.inProject(id, createTask({ title: 'Afterwards' }), byUser)
    await server.idle()
    expect(await server.compare()).toMatchObject({ differing: 0, unknown: [] })
    await stop(server)
    expect(holding(disk.state)).toEqual([])
    expect(await verified(disk, id)).toBe('ok')
  })

  it('says who did it, what and why, at a time that is not before the last record', async () => {
    const { disk, id, task, offset } = await scene(said)
    await redactIn({ disk, id, task, offset })
    const lines = Object.entries(textsOf(disk.state))
      .filter(([path]) => path.endsWith('.jsonl'))
      .flatMap(([, text]) => text.trimEnd().split('\n'))
      .map((line) => JSON.parse(line))
    const last = lines.at(-1)
    expect(last).toMatchObject({
      ...{ type: 'record:redacted', actor: { kind: 'user', id: 'ada' }, at: lines.at(-2).at },
      data: { offset, pointer: '/entry/message', reason: 'a password', digest: lines[offset].redacted },
    })
  })

  it('changes nothing unless it is told to, and foretells what it would change', async () => {
    const here = await scene(said, [createTask({ title: `about ${secret}` })])
    const before = textsOf(here.disk.state)
    const plan = await redactIn(here, { yes: false })
    expect(textsOf(here.disk.state)).toEqual(before)
    const done = await redactIn(here)
    expect(plan).toEqual({ ...done, status: 'planned', announcedAt: null })
    expect(done.elsewhere.records).toEqual([{ offset: here.offset + 7, part: 'data' }])
    expect(done.elsewhere.files).toEqual(holding(here.disk.state).filter((path) => !path.endsWith('.jsonl')))
    expect(done.elsewhere.files).toHaveLength(1)
  })

  it('leaves files alone that are the same', async () => {
    const here = await scene(said)
    const before = textsOf(here.disk.state)
    const { snapshots, entityFiles } = await redactIn(here)
    const after = textsOf(here.disk.state)
    const changed = Object.keys(before).filter((path) => before[path] !== after[path])
    const segments = changed.filter((path) => path.endsWith('.jsonl'))
    expect(segments).toHaveLength(2)
    expect(changed.sort()).toEqual(
      [...segments, ...[...snapshots, ...entityFiles].map((path) => `${dataDir}/${path}`)].sort(),
    )
  })

  it('that was carried out before has nothing left to do', async () => {
    const here = await scene(said)
    const { announcedAt } = await redactIn(here)
    const before = textsOf(here.disk.state)
    for (const yes of [false, true]) {
      expect(await redactIn(here, { yes })).toMatchObject({
        status: 'already',
        announcedAt,
        elsewhere: { records: [], files: [] },
      })
    }
    expect(textsOf(here.disk.state)).toEqual(before)
  })

  it('of an event of a session also reaches the task that it was told of', async () => {
    const here = await scene((taskId) =>
      addSessionEvent({ sessionId: session('s'), taskId, event: { type: 'note', data: { message: secret } } }),
    )
    const report = await redactIn(here, { pointer: '/event/data/message' })
    expect(report.entityFiles).toEqual([`sessions/${session('s')}.json`, `tasks/${here.id}/${here.task}.json`])
    expect(holding(here.disk.state)).toEqual([])
  })

  it('of a session that is no more does not touch the file of another one with its id', async () => {
    const give = () => createSession({ sessionId: session('t'), name: secret })
    const here = await scene(give, [deleteSession(session('t'))])
    const server = await serve(here.disk, 8)
    const { sight } = await server.store.createProject({ name: 'Gemini' }, byUser)
    if (sight.kind !== 'project') throw new Error('no project')
    await server.store.inProject(sight.id, createSession({ sessionId: session('t'), name: 'Another' }), byUser)
    await stop(server)
    const path = `${dataDir}/sessions/${session('t')}.json`
    const before = textsOf(here.disk.state)[path]
    expect(before).toContain('Another')
    expect(await redactIn(here, { pointer: '/name' })).toMatchObject({ status: 'done', entityFiles: [] })
    expect(textsOf(here.disk.state)[path]).toBe(before)
    expect(holding(here.disk.state)).toEqual([])
  })

  it('tells of copies that it does not touch, and of headers that it cannot', async () => {
    const here = await scene((task) => updateTask(task, { title: secret }))
    const aside = await here.disk.open(`${dataDir}/notes`, 'create')
    aside.appendSync(Buffer.from(`${'x'.repeat(1024 * 1024 - 5)}${written}`))
    expect((await redactIn(here, { pointer: '/changes/title' })).elsewhere).toEqual({ records: [], files: ['notes'] })
  })

  it('is refused when the reason says what is taken out', async () => {
    const here = await scene(said)
    await expect(redactIn(here, { reason: `it was ${secret}` })).rejects.toMatchObject({ exitCode: 2 })
  })

  it('is refused for a damaged log, and for a record that is not there', async () => {
    const here = await scene(said)
    await expect(redactIn(here, { offset: 99 })).rejects.toMatchObject({ exitCode: 4 })
    const file = await here.disk.open(`${dataDir}/log/${here.id}/00000000000000000000.jsonl`, 'append')
    file.appendSync(Buffer.from('rubbish\n'))
    const before = textsOf(here.disk.state)
    await expect(redactIn(here)).rejects.toMatchObject({ exitCode: 8 })
    expect(textsOf(here.disk.state)).toEqual(before)
  })
})

describe('a redaction that is interrupted', () => {
  /** What must hold of whatever is left: the log is good, a server starts, and the same redaction comes to its end. */
  const expectGoesOn = async (state: DiskState, { id, task, offset }: Scene): Promise<void> => {
    const disk = new SimulatedDisk(state)
    expect(await verified(disk, id)).toMatch(/ok|torn/)
    const server = await serve(disk)
    const messages = server.store.task(task)?.entity.timeline.map(({ message }) => message)
    const isRedacted = messages?.includes('[redacted]') === true
    expect(messages).toContain(isRedacted ? '[redacted]' : secret)
    await stop(server)
    // From then on, nothing brings it back.
    if (isRedacted) expect(holding(disk.state)).toEqual([])
    expect(await redactIn({ disk, id, task, offset })).toMatchObject({ status: isRedacted ? 'already' : 'done' })
    expect(holding(disk.state)).toEqual([])
    expect(await verified(disk, id)).toBe('ok')
  }

  it('by the end of the process can be gone on with, wherever that was', async () => {
    const here = await scene(said)
    let changes = 0
    for (let isDead = true; isDead; changes += 1) {
      const disk = new SimulatedDisk(here.disk.state.fork())
      const fs = new DyingFileSystem(disk, changes)
      await redactIn({ ...here, disk }, { fs }).catch((error: unknown) => {
        if (!(error instanceof Death) && !fs.isDead) throw error
      })
      isDead = fs.isDead
      await expectGoesOn(disk.state.fork(), here)
    }
    expect(changes).toBeGreaterThan(25)
  })

  it('by a power cut can be gone on with, whatever that took', async () => {
    const here = await scene(said)
    const disk = new SimulatedDisk(here.disk.state.fork())
    await redactIn({ ...here, disk })
    const random = mulberry32(1)
    for (const point of pointsOf(disk)) {
      for (const { state } of crashStates(point.state, random, 4)) await expectGoesOn(state, here)
    }
    for (const { state } of crashStates(disk.state, random, 4)) {
      expect(holding(state)).toEqual([])
      expect(await verified(new SimulatedDisk(state), here.id)).toBe('ok')
    }
  })
})
