import { beforeEach, describe, expect, it } from 'vitest'
import type { ProjectId, TaskId } from '../../../events/index.ts'
import { createSession, deleteTask, updateTask } from '../../support/commands.ts'
import {
  dataDir,
  entityFilesOn,
  expectedFiles,
  type FilesFixture,
  openFiles,
} from '../../support/entity-files-fixture.ts'
import { FaultyFileSystem } from '../../support/faulty-file-system.ts'
import { ManualPauses } from '../../support/manual-pauses.ts'
import { MemoryFileSystem } from '../../support/memory-file-system.ts'
import type { StoreFixture } from '../../support/store-fixture.ts'
import { session } from '../../support/vocabulary.ts'

let disk: MemoryFileSystem
let faulty: FaultyFileSystem
let server: FilesFixture
let fixture: StoreFixture
let project: ProjectId
let task: TaskId
beforeEach(async () => {
  disk = new MemoryFileSystem()
  faulty = new FaultyFileSystem(disk)
  server = await openFiles(faulty)
  fixture = server.fixture
  project = await fixture.givenProject()
  task = await fixture.givenTask(project)
  await fixture.send(project, createSession({ sessionId: session('s') }))
  await server.files.flush()
})

const put = (path: string, text: string): void => disk.put(`${dataDir}/${path}`, Buffer.from(text))
const warned = () => server.warnings.filter(({ level }) => level === 'warn')
const writes = () => faulty.operations.filter(({ name }) => name === 'rename' || name === 'remove').length

describe('entity files', () => {
  it('that are as they should be are left as they are, and nothing is told', async () => {
    const before = writes()
    expect(await server.compare()).toEqual({ compared: 3, differing: 0, unknown: [] })
    await server.files.flush()
    expect(writes()).toBe(before)
    expect(warned()).toEqual([])
  })

  it.each<[string, () => void | Promise<void>]>([
    ['are missing', () => disk.remove(`${dataDir}/sessions/sess_s.json`)],
    ['were edited', () => put('sessions/sess_s.json', '{}\n')],
    ['were edited by a white space', () => put('sessions/sess_s.json', `${textOf('sessions/sess_s.json')} `)],
    ['are empty', () => put('sessions/sess_s.json', '')],
    ['are no text', () => disk.put(`${dataDir}/sessions/sess_s.json`, Buffer.of(0xff, 0xfe))],
    ['cannot be read', () => faulty.plan('readFile', { code: 'EIO' })],
  ])('that %s are made again, and told', async (_, spoil) => {
    await spoil()
    expect(await server.compare()).toEqual({ compared: 3, differing: 1, unknown: [] })
    await server.files.flush()
    expect(entityFilesOn(disk)).toEqual(expectedFiles(fixture))
    expect(warned()).toMatchObject([{ fields: { compared: 3, differing: 1 } }])
    expect(await server.compare()).toMatchObject({ differing: 0 })
  })

  it('that are all gone are all made again', async () => {
    for (const folder of ['projects', 'tasks', 'sessions']) await disk.removeTree(`${dataDir}/${folder}`)
    expect(await server.compare()).toMatchObject({ compared: 3, differing: 3 })
    await server.files.flush()
    expect(entityFilesOn(disk)).toEqual(expectedFiles(fixture))
  })

  it('that belong to no log are named and never touched', async () => {
    const strange = {
      'projects/proj_other.json': '{"id":"proj_other"}',
      'projects/notes.txt': 'notes',
      'sessions/sess_other.json': 'not even JSON',
      'sessions/.json': '',
      'sessions/sess_s.json.bak': '{}',
      'sessions/sess_other.json.tmp': '{',
      'tasks/stray.json': '{}',
      [`tasks/${project}/task_other.json`]: '{"id":"task_other"}',
      [`tasks/proj_other/${task}.json`]: '{}',
      'tasks/not an id/x.json': '{}',
    }
    for (const [path, text] of Object.entries(strange)) put(path, text)
    const { unknown, differing } = await server.compare()
    await server.files.flush()
    expect(unknown.toSorted()).toEqual(Object.keys(strange).toSorted())
    expect(differing).toBe(0)
    for (const [path, text] of Object.entries(strange)) expect(textOf(path)).toBe(text)
    expect(warned()).toMatchObject([{ fields: { count: 10, files: unknown } }])
  })

  it('that are named like temporary files of entities go with those', async () => {
    put('sessions/sess_s.json.tmp', '{"half')
    expect(await server.compare()).toMatchObject({ differing: 0, unknown: [] })
  })

  it('of which many are unknown are not all named', async () => {
    for (let i = 0; i < 30; i += 1) put(`projects/x${i}.json`, '{}')
    await server.compare()
    expect(warned()[0]?.fields).toMatchObject({ count: 30, files: { length: 20 } })
  })
})

describe('while files are compared', () => {
  it('those that are still to be written or removed are not taken for wrong or unknown', async () => {
    const lone = await fixture.another()
    await lone.send(project, updateTask(task, { title: 'New' }))
    const gone = await lone.givenTask(project)
    await server.files.close()
    put(`tasks/${project}/${gone}.json`, '{"id":"its file is still there"}')
    await lone.send(project, deleteTask(gone))
    await lone.givenTask(project)
    const { pause } = new ManualPauses()
    server = await openFiles(faulty, lone, {
      pause: (ms, signal) => (ms === 50 ? pause(ms, signal) : Promise.resolve()),
    })
    expect(server.files.lag).toBe(3)
    expect(await server.compare()).toEqual({ compared: 4, differing: 0, unknown: [] })
    await server.files.close()
    expect(entityFilesOn(disk)).toEqual(expectedFiles(server.fixture))
  })

  it('an entity that changes is not taken for wrong', async () => {
    const reading = new ReadingFileSystem(disk)
    server = await openFiles(reading, fixture)
    reading.beforeRead = async (path) => {
      if (!path.includes(task)) return
      await server.fixture.send(project, updateTask(task, { title: 'New' }))
      await server.files.flush()
    }
    expect(await server.compare()).toMatchObject({ differing: 0 })
    expect(server.fixture.store.task(task)?.entity.title).toBe('New')
    expect(entityFilesOn(disk)).toEqual(expectedFiles(server.fixture))
  })

  it('it rests after some files, and ends when it is told to', async () => {
    for (let i = 0; i < 200; i += 1) await fixture.givenTask(project)
    await server.files.flush()
    const lone = server.fixture
    const { pause, begun } = new ManualPauses()
    server = await openFiles(faulty, lone, { pause })
    const abort = new AbortController()
    const from = faulty.operations.length
    const comparison = server.compare(abort.signal)
    await begun.next()
    expect(faulty.operations.slice(from).filter(({ name }) => name === 'readFile')).toHaveLength(64)
    abort.abort()
    expect(await comparison).toMatchObject({ differing: 0, unknown: [] })
    expect(faulty.operations.slice(from).filter(({ name }) => name === 'readFile')).toHaveLength(64)
    expect(faulty.operations.slice(from).filter(({ name }) => name === 'list')).toHaveLength(0)
  })
})

/** Lets something happen right before a file is read. */
class ReadingFileSystem extends FaultyFileSystem {
  beforeRead = async (_path: string): Promise<void> => {}

  override async readFile(path: string): Promise<Uint8Array> {
    await this.beforeRead(path)
    return super.readFile(path)
  }
}

const textOf = (path: string): string => Buffer.from(disk.content(`${dataDir}/${path}`)).toString()
