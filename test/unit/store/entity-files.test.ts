import { beforeEach, describe, expect, it } from 'vitest'
import type { ProjectId, TaskId } from '../../../events/index.ts'
import { busyProject } from '../../support/busy-project.ts'
import { createSession, deleteProject, deleteSession, deleteTask, updateTask } from '../../support/commands.ts'
import {
  dataDir,
  entityFilesOn,
  expectedFiles,
  type FilesFixture,
  openFiles,
  textOn,
} from '../../support/entity-files-fixture.ts'
import { FaultyFileSystem } from '../../support/faulty-file-system.ts'
import { ManualPauses } from '../../support/manual-pauses.ts'
import { MemoryFileSystem } from '../../support/memory-file-system.ts'
import { quiet, type StoreFixture, watch } from '../../support/store-fixture.ts'
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
  await open()
})

const open = async (pace = {}): Promise<void> => {
  server = await openFiles(faulty, {}, pace)
  fixture = server.fixture
}
const given = async (): Promise<void> => {
  project = await fixture.givenProject()
  task = await fixture.givenTask(project)
  await server.files.flush()
}
const renamed = (from = 0) =>
  faulty.operations
    .slice(from)
    .filter(({ name }) => name === 'rename')
    .map(({ path }) => path.slice(dataDir.length + 1))

describe('the file of an entity', () => {
  it('shows it as it is, one file for each, and no other file', async () => {
    await busyProject(fixture)
    await fixture.givenTask(await fixture.givenProject('Other'))
    await server.files.flush()
    expect(entityFilesOn(disk)).toEqual(expectedFiles(fixture))
    expect(server.files.lag).toBe(0)
  })

  it('is readable: indented, keys sorted at any depth, ended by a line feed', async () => {
    await given()
    const metadata = { z: [{ b: 1, a: [] }], A: 'ünïcode \u2028' }
    const { sight } = await fixture.send(project, createSession({ sessionId: session('s'), metadata }))
    await server.files.flush()
    const lines = textOn(disk, 'sessions/sess_s.json').split('\n')
    expect(lines.slice(0, 4)).toEqual(['{', '  "agentId": null,', '  "completedAt": null,', '  "env": {},'])
    expect(lines.slice(lines.indexOf('  "metadata": {'), lines.indexOf('  "name": "sess_s",'))).toEqual([
      ...[
        '  "metadata": {',
        '    "A": "ünïcode \u2028",',
        '    "z": [',
        '      {',
        '        "a": [],',
        '        "b": 1',
      ],
      ...['      }', '    ]', '  },'],
    ])
    expect(lines.slice(-2)).toEqual(['}', ''])
    expect(JSON.parse(textOn(disk, 'sessions/sess_s.json'))).toEqual(sight.entity)
  })

  it('goes when the entity does, and comes again when it does', async () => {
    await given()
    await fixture.send(project, createSession({ sessionId: session('s') }))
    await server.files.flush()
    await fixture.send(project, deleteTask(task))
    await fixture.send(project, deleteSession(session('s')))
    await server.files.flush()
    expect(Object.keys(entityFilesOn(disk))).toEqual([`projects/${project}.json`])
    await fixture.send(project, createSession({ sessionId: session('s'), name: 'Again' }))
    await server.files.flush()
    expect(entityFilesOn(disk)).toEqual(expectedFiles(fixture))
    await fixture.send(project, deleteSession(session('s')))
    await fixture.send(project, deleteProject())
    await server.files.flush()
    expect(entityFilesOn(disk)).toEqual({})
  })

  it('never shows a change that is not durable', async () => {
    await given()
    fixture.log.hold()
    const lost = watch(fixture.send(project, updateTask(task, { title: 'Staged' })))
    const gone = watch(fixture.send(project, deleteTask(task)))
    const other = fixture.log.next()
    await server.files.flush()
    await quiet()
    expect(server.files.lag).toBe(0)
    expect(JSON.parse(textOn(disk, `tasks/${project}/${task}.json`))).toMatchObject({ title: 'Task' })
    ;(await other).fail(new Error('no'))
    fixture.log.release()
    await quiet()
    expect([lost.answer, gone.answer]).toEqual([undefined, undefined])
    await server.files.close()
    expect(entityFilesOn(disk)).toEqual(expectedFiles(fixture))
  })
})

describe('changes', () => {
  it('gather before they are written, so that an entity which changes often is written once', async () => {
    const { pause, begun } = new ManualPauses()
    await open({ pause })
    const id = await fixture.givenProject()
    const tasks = [await fixture.givenTask(id), await fixture.givenTask(id)]
    for (let i = 0; i < 10; i += 1) {
      for (const one of tasks) await fixture.send(id, updateTask(one, { title: `${i}` }))
    }
    expect(server.files.lag).toBe(3)
    expect(renamed()).toEqual([])
    const gathering = await begun.next()
    gathering.end()
    await server.files.flush()
    const paths = [`projects/${id}`, `checkpoints/${id}`, ...tasks.map((one) => `tasks/${id}/${one}`)]
    expect(renamed().sort()).toEqual(paths.map((path) => `${path}.json.tmp`).sort())
    expect(entityFilesOn(disk)).toEqual(expectedFiles(fixture))
  })

  /** How long files rest that are written while another change comes, ms. Every slice takes 10 ms. */
  const restsBeside = async (given: (id: ProjectId) => Promise<void>): Promise<number[]> => {
    const { pause, begun } = new ManualPauses()
    let now = 0
    const stopwatch = (): number => {
      now += 10
      return now
    }
    await open({ pause, stopwatch })
    const id = await fixture.givenProject()
    await given(id)
    const gathering = await begun.next()
    gathering.end()
    await fixture.givenTask(id)
    const flushed = server.files.flush()
    const pauses = [gathering.ms]
    for (;;) {
      const next = await Promise.race([begun.next(), flushed])
      if (next === undefined) return pauses
      pauses.push(next.ms)
      next.end()
    }
  }

  it('that come while others are written are written after them, and make the files rest', async () => {
    const pauses = await restsBeside(async (id) => {
      for (let i = 0; i < 100; i += 1) await fixture.givenTask(id)
    })
    // A slice that took 10 ms is followed by a rest of nine times that; one beside which nothing was written, by none.
    expect(pauses).toEqual([50, 90, 50])
    expect(entityFilesOn(disk)).toEqual(expectedFiles(fixture))
  })

  it('that are long are written few at a time, and make the files rest as long as the disk needs for them', async () => {
    const pauses = await restsBeside(async (id) => {
      for (let i = 0; i < 3; i += 1) await fixture.givenTask(id, 'x'.repeat(800 * 1024))
    })
    // The third one is in a slice by itself.
    expect(pauses).toEqual([50, expect.closeTo(400, 0), 50])
    expect(entityFilesOn(disk)).toEqual(expectedFiles(fixture))
  })
})

it('a file is written under another name and renamed; then its directory is synced, and only then the checkpoint moves', async () => {
  await given()
  const from = faulty.operations.length
  await fixture.send(project, updateTask(task, { title: 'New' }))
  await server.files.flush()
  const file = `${task}.json`
  const checkpoint = `${project}.json`
  expect(faulty.summary().slice(from)).toEqual([
    ...[`open ${file}.tmp`, `appendSync ${file}.tmp`, `close ${file}.tmp`, `rename ${file}.tmp`],
    `syncDirectory ${project}`,
    'makeDirectory checkpoints',
    ...[`open ${checkpoint}.tmp`, `appendSync ${checkpoint}.tmp`, `datasync ${checkpoint}.tmp`],
    ...[`close ${checkpoint}.tmp`, `rename ${checkpoint}.tmp`],
  ])
})

describe('after a restart', () => {
  const restart = async (): Promise<number> => {
    const from = faulty.operations.length
    server = await openFiles(faulty, fixture)
    fixture = server.fixture
    await server.files.flush()
    return from
  }

  /** Changes that reach the log and not the files, as when the server is killed at once. */
  const changeUnseen = async (): Promise<void> => {
    const lone = await fixture.another()
    await lone.send(project, updateTask(task, { title: 'Unseen' }))
    await lone.send(project, deleteSession(session('gone')))
    await lone.givenTask(project)
    fixture = lone
  }

  beforeEach(async () => {
    await given()
    await fixture.send(project, createSession({ sessionId: session('gone') }))
    await fixture.send(project, createSession({ sessionId: session('kept') }))
    await server.files.flush()
  })

  it('with nothing new nothing is written', async () => {
    const from = await restart()
    expect(renamed(from)).toEqual([])
    expect(server.files.lag).toBe(0)
  })

  it('only what lags is written or removed', async () => {
    await changeUnseen()
    const from = await restart()
    expect(entityFilesOn(disk)).toEqual(expectedFiles(fixture))
    expect(renamed(from)).toHaveLength(3)
    expect(renamed(from)).toEqual(expect.arrayContaining([`tasks/${project}/${task}.json.tmp`]))
  })

  it('from a snapshot too, with what was deleted before it and still has its file', async () => {
    const gone = { kind: 'session', id: session('gone') } as const
    await changeUnseen()
    await fixture.snapshot(project, [gone])
    const from = await restart()
    expect(entityFilesOn(disk)).toEqual(expectedFiles(fixture))
    expect(renamed(from)).toHaveLength(3)
  })

  const checkpoint = () => `${dataDir}/checkpoints/${project}.json`
  it.each<[string, () => void | Promise<void>]>([
    ['is missing', () => disk.remove(checkpoint())],
    ['is damaged', () => disk.put(checkpoint(), Buffer.from('{"offset":4,"ha'))],
    ['says something else', () => disk.put(checkpoint(), Buffer.from('{"offset":-1}'))],
    ['is of another history', () => disk.put(checkpoint(), Buffer.from(`{"offset":3,"hash":"${'0'.repeat(64)}"}`))],
    ['is ahead of the log', () => disk.put(checkpoint(), Buffer.from(`{"offset":99,"hash":"${'0'.repeat(64)}"}`))],
    ['cannot be read', () => faulty.plan('readFile', { code: 'EIO' })],
  ])('everything is written, when the checkpoint %s', async (_, spoil) => {
    await spoil()
    const from = await restart()
    expect(renamed(from).sort()).toEqual(
      [...Object.keys(expectedFiles(fixture)), `checkpoints/${project}.json`].map((path) => `${path}.tmp`).sort(),
    )
    expect(entityFilesOn(disk)).toEqual(expectedFiles(fixture))
    const again = await restart()
    expect(renamed(again)).toEqual([])
  })

  it('what is deleted before a snapshot and still has its file is known to the next snapshot', async () => {
    const { pause, begun } = new ManualPauses()
    await open({ pause })
    project = await fixture.givenProject()
    await fixture.send(project, createSession({ sessionId: session('new') }))
    await fixture.send(project, deleteSession(session('new')))
    expect(server.files.outstanding(project)).toEqual([{ kind: 'session', id: session('new') }])
    ;(await begun.next()).end()
    await server.files.flush()
    expect(server.files.outstanding(project)).toEqual([])
  })
})
