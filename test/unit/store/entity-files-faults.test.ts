import { beforeEach, describe, expect, it } from 'vitest'
import type { ProjectId, TaskId } from '../../../events/index.ts'
import { Checkpoints } from '../../../src/store/checkpoints.ts'
import { afterSteps } from '../../support/after-steps.ts'
import { busyProject } from '../../support/busy-project.ts'
import { deleteTask, updateTask } from '../../support/commands.ts'
import { DyingFileSystem } from '../../support/dying-file-system.ts'
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

let disk: MemoryFileSystem
let faulty: FaultyFileSystem
let pauses: ManualPauses
let server: FilesFixture
let fixture: StoreFixture
let project: ProjectId
let task: TaskId
beforeEach(async () => {
  disk = new MemoryFileSystem()
  faulty = new FaultyFileSystem(disk)
  pauses = new ManualPauses()
  server = await openFiles(faulty, {}, { pause: pauses.pause })
  fixture = server.fixture
  project = await fixture.givenProject()
  task = await fixture.givenTask(project)
  await written()
})

/** Lets the changes that have gathered be written, and waits until they are. */
const written = async (): Promise<void> => {
  await begin()
  await server.files.flush()
}
const begin = async (): Promise<number> => {
  const { ms, end } = await pauses.begun.next()
  end()
  return ms
}
const warned = () => server.warnings.filter(({ level }) => level === 'warn').map(({ fields }) => fields)

describe('a disk that fails', () => {
  it.each([
    ['open', 'EMFILE'],
    ['appendSync', 'ENOSPC'],
    ['rename', 'EIO'],
    ['syncDirectory', 'EIO'],
    ['makeDirectory', 'EACCES'],
    ['datasync', 'EIO'],
  ] as const)(
    'in %s with %s is told, tried again after a while, and what lags can be seen until then',
    async (operation, code) => {
      faulty.plan(operation, { code })
      await fixture.send(project, updateTask(task, { title: 'New' }))
      await begin()
      const retry = await pauses.begun.next()
      expect(retry.ms).toBe(5000)
      expect(warned()).toMatchObject([{ projectId: project, lag: 1, err: { code } }])
      expect(server.files.lag).toBe(1)
      retry.end()
      await written()
      expect(server.files.lag).toBe(0)
      expect(warned()).toHaveLength(1)
      expect(entityFilesOn(disk)).toEqual(expectedFiles(fixture))
    },
  )

  it('does not move the checkpoint past what it did not take', async () => {
    const checkpoints = new Checkpoints(disk, dataDir)
    const before = await checkpoints.read(project)
    expect(before).toEqual(fixture.store.positionOf(project))
    faulty.plan('rename', { code: 'EIO' })
    await fixture.send(project, updateTask(task, { title: 'New' }))
    await begin()
    const retry = await pauses.begun.next()
    expect(await checkpoints.read(project)).toEqual(before)
    retry.end()
    await written()
    expect(await checkpoints.read(project)).toEqual(fixture.store.positionOf(project))
  })

  it('for one project does not hold up the files of another', async () => {
    const other = await fixture.givenProject('Other')
    await written()
    faulty.plan('open', { code: 'EIO' })
    await fixture.send(project, updateTask(task, { title: 'New' }))
    const late = await fixture.givenTask(other)
    await begin()
    const retry = await pauses.begun.next()
    expect(retry.ms).toBe(5000)
    expect(entityFilesOn(disk)).toHaveProperty([`tasks/${other}/${late}.json`])
    expect(server.files.lag).toBe(1)
    retry.end()
    await written()
    expect(entityFilesOn(disk)).toEqual(expectedFiles(fixture))
  })

  it('does not hold up the server, and does not hold up its end', async () => {
    faulty.plan('open', { code: 'EIO' }, 100)
    const other = await fixture.givenProject('Other')
    await fixture.send(project, updateTask(task, { title: 'New' }))
    await begin()
    await server.files.close()
    expect(warned().length).toBeGreaterThan(0)
    expect(server.files.lag).toBe(2)
    expect(fixture.store.project(other)?.entity.name).toBe('Other')
  })
})

it('folders that somebody took away are made again', async () => {
  for (const folder of ['tasks', 'checkpoints']) await disk.removeTree(`${dataDir}/${folder}`)
  await fixture.send(project, updateTask(task, { title: 'New' }))
  await begin()
  ;(await pauses.begun.next()).end()
  await written()
  expect(entityFilesOn(disk)).toEqual(expectedFiles(fixture))
})

describe('closing', () => {
  it('writes all that lags, without any rest', async () => {
    const { id, root } = await busyProject(fixture)
    await fixture.send(id, deleteTask(root, true))
    expect(server.files.lag).toBeGreaterThan(5)
    await server.files.close()
    expect(server.files.lag).toBe(0)
    expect(entityFilesOn(disk)).toEqual(expectedFiles(fixture))
  })

  it('writes what can be written, when something else cannot', async () => {
    faulty.plan('open', { code: 'EIO' })
    await fixture.send(project, updateTask(task, { title: 'Not written' }))
    const other = await fixture.givenProject('Other')
    await server.files.close()
    expect(warned()).toHaveLength(1)
    expect(server.files.lag).toBe(1)
    expect(entityFilesOn(disk)).toHaveProperty([`projects/${other}.json`])
  })
})

/** Says when a file has got its name. */
class TellingFileSystem extends MemoryFileSystem {
  onRename = (_path: string): void => {}

  override async rename(from: string, to: string): Promise<void> {
    await super.rename(from, to)
    this.onRename(to)
  }
}

it.each(Array.from({ length: 20 }, (_, i) => i))(
  'a file that turns out to be wrong %i steps after the last one was written is not forgotten',
  async (steps) => {
    const telling = new TellingFileSystem()
    const { fixture, files } = await openFiles(telling)
    let reached = Promise.resolve()
    telling.onRename = (path) => {
      if (path.includes('checkpoints')) {
        telling.onRename = () => {}
        reached = afterSteps(steps, () => files.outdated(id, [{ kind: 'project', id }]))
      }
    }
    const id = await fixture.givenProject()
    await files.flush()
    await reached
    await files.flush()
    expect(files.lag).toBe(0)
  },
)

describe('a server that is killed while files are written', () => {
  it('leaves no half of a file under its name and no checkpoint ahead of the files; the next one makes good what is missing', async () => {
    await server.files.close()
    const before = disk.clone()
    const lone = await fixture.another()
    const { id, root } = await busyProject(lone)
    await lone.send(id, deleteTask(root, true))
    await lone.send(project, deleteTask(task))
    const expected = expectedFiles(lone)
    const { offset } = lone.store.positionOf(id)

    let deaths = 0
    for (let isDead = true; isDead; deaths += Number(isDead)) {
      const left = before.clone()
      const dying = new DyingFileSystem(left, deaths)
      const dead = await openFiles(dying, lone)
      await dead.files.close()
      isDead = dying.isDead
      const checkpoint = await new Checkpoints(left, dataDir).read(id)
      if (checkpoint.offset === offset) expect(ofProject(id, filesIn(left))).toEqual(ofProject(id, expected))
      else expect(checkpoint.offset).toBe(0)
      const next = await openFiles(left, lone)
      await next.files.flush()
      expect(entityFilesOn(left)).toEqual(expected)
    }
    expect(deaths).toBeGreaterThan(20)
  })

  /** The files that are complete, as their names say. */
  const filesIn = (left: MemoryFileSystem) => entityFilesOn(left, (path) => path.endsWith('.json'))
  const ofProject = (id: ProjectId, files: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(files).filter(([, entity]) => JSON.stringify(entity).includes(id)))
})
