import { beforeEach, describe, expect, it } from 'vitest'
import type { ProjectId } from '../../../events/index.ts'
import { createSnapshotFiles } from '../../../src/log/snapshot-files.ts'
import { createHasher, sha256 } from '../../../src/platform/hash.ts'
import { createSession, createTask, deleteSession, updateProject } from '../../support/commands.ts'
import { entityFilesOn, openFiles } from '../../support/entity-files-fixture.ts'
import { FaultyFileSystem, type Operation } from '../../support/faulty-file-system.ts'
import { fileLog } from '../../support/logs.ts'
import { MemoryFileSystem } from '../../support/memory-file-system.ts'
import { allOf, openStore, type StoreFixture } from '../../support/store-fixture.ts'
import { session } from '../../support/vocabulary.ts'

const dataDir = '/data'
let disk: MemoryFileSystem
let ill: ProjectId
let well: ProjectId
/** What there was in the project that will be ill, before its last snapshot and after. */
let states: string[][]
beforeEach(async () => {
  disk = new MemoryFileSystem()
  const server = await started(disk)
  ill = await server.givenProject('Ill')
  well = await server.givenProject('Well')
  states = []
  for (let i = 0; i < 3; i += 1) {
    await server.givenTask(ill)
    if (i < 2) await server.snapshot(ill)
    states.push(allOf(server.stateOf(ill)))
  }
})

const started = async (fs: MemoryFileSystem | FaultyFileSystem): Promise<StoreFixture> =>
  openStore({
    log: await fileLog(fs, dataDir),
    snapshots: snapshotsOn(fs),
  })
const snapshotsOn = (fs: MemoryFileSystem | FaultyFileSystem) =>
  createSnapshotFiles({ fs, dataDir, sha256, createHasher })

/** A server on a disk on which one thing cannot be done in one project. */
const startedWith = (operation: Operation['name'], where: RegExp): Promise<StoreFixture> => {
  const faulty = new FaultyFileSystem(disk)
  faulty.plan(operation, { code: 'EIO' }, Number.POSITIVE_INFINITY, where)
  return started(faulty)
}
const snapshotAt = (offset: number): string => `${dataDir}/log/${ill}/snapshot-${String(offset).padStart(20, '0')}.json`
const put = (path: string, change: (text: string) => string): void =>
  disk.put(path, Buffer.from(change(Buffer.from(disk.content(path)).toString())))

describe('a project whose log cannot be read', () => {
  it.each(['list', 'open', 'size', 'read', 'datasync', 'syncDirectory'] as const)(
    'for an error in %s takes no writes and says so, and no other project is affected',
    async (operation) => {
      const server = await startedWith(operation, new RegExp(`/${ill}`))
      expect(server.store.ailments()).toMatchObject([{ projectId: ill, status: { kind: 'failed' } }])
      await expect(server.send(ill, createTask({ title: 'No' }))).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' })
      expect((await server.send(well, createTask({ title: 'Yes' }))).outcome).toBe('appended')
      const again = await started(disk)
      expect(again.store.ailments()).toEqual([])
      expect(allOf(again.stateOf(ill))).toEqual(states[2])
      expect(again.store.tasks(well, {})).toHaveLength(1)
    },
  )
})

describe('a snapshot', () => {
  it.each(['open', 'size', 'read'] as const)('that cannot be read (%s) is as good as none', async (operation) => {
    const server = await startedWith(operation, /snapshot-0*3\.json/)
    expect(server.store.ailments()).toEqual([])
    expect(allOf(server.stateOf(ill))).toEqual(states[2])
  })

  it.each([
    ['cut', (text: string) => text.slice(0, -9)],
    ['edited', (text: string) => text.replace('"title":"Task"', '"title":"Tusk"')],
    ['empty', () => ''],
  ])('that was %s is not used, and goes', async (_, spoil) => {
    put(snapshotAt(3), spoil)
    const server = await started(disk)
    expect(allOf(server.stateOf(ill))).toEqual(states[2])
    expect(await server.snapshots.list(ill)).toEqual([2])
  })

  it('that is no good and cannot be removed does not keep the server from starting', async () => {
    put(snapshotAt(3), () => 'rubbish')
    const server = await startedWith('remove', /snapshot-/)
    expect(allOf(server.stateOf(ill))).toEqual(states[2])
    expect((await server.send(ill, createTask({ title: 'Yes' }))).outcome).toBe('appended')
  })
})

describe('a project whose log is damaged', () => {
  const segment = () => `${dataDir}/log/${ill}/${'0'.repeat(20)}.jsonl`

  it('is served up to the damage and takes no writes, and no other project is affected', async () => {
    put(segment(), (text) => text.replace(/"title":"Task"(?=[^\n]*\n[^\n]*\n$)/, '"title":"Tusk"'))
    const server = await started(disk)
    expect(server.store.ailments()).toMatchObject([{ projectId: ill, status: { kind: 'quarantined', offset: 2 } }])
    expect(allOf(server.stateOf(ill))).toEqual(states[0])
    expect(server.store.capture(ill)).toBeUndefined()
    await expect(server.send(ill, createTask({ title: 'No' }))).rejects.toMatchObject({ code: 'PROJECT_QUARANTINED' })
    expect((await server.send(well, createTask({ title: 'Yes' }))).outcome).toBe('appended')
    expect(allOf(server.stateOf(ill))).toEqual(states[0])
  })

  it('keeps its entity files, which may know more than can be read of the log', async () => {
    const open = async () => openFiles(disk, { log: await fileLog(disk, dataDir), snapshots: snapshotsOn(disk) })
    const before = await open()
    await before.fixture.send(ill, createSession({ sessionId: session('gone') }))
    await before.fixture.send(ill, deleteSession(session('gone')))
    for (const name of ['Newer', 'Newest']) await before.fixture.send(ill, updateProject({ name }))
    await before.files.close()
    disk.put(`${dataDir}/sessions/sess_gone.json`, Buffer.from('{}'))
    await disk.remove(`${dataDir}/checkpoints/${ill}.json`)
    put(segment(), (text) => text.replace('"name":"Newer"', '"name":"Nower"'))
    const left = { files: entityFilesOn(disk), paths: disk.paths() }

    const after = await open()
    expect(after.fixture.store.ailments()).toMatchObject([{ status: { kind: 'quarantined', offset: 6 } }])
    expect(after.files.lag).toBe(0)
    expect(await after.compare()).toMatchObject({ differing: 0, unknown: ['sessions/sess_gone.json'] })
    await after.files.close()
    expect({ files: entityFilesOn(disk), paths: disk.paths() }).toEqual(left)
  })
})
