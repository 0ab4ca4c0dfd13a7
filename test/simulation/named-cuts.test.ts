import { describe, expect, it } from 'vitest'
import type { ProjectId } from '../../events/index.ts'
import type { Command } from '../../src/commands/command.ts'
import { projectDirectory, snapshotOffset } from '../../src/log/format.ts'
import type { FileSystem } from '../../src/platform/file-system.ts'
import type { Answer } from '../../src/store/request.ts'
import { mulberry32 } from '../../tools/load-history/chance.ts'
import { createSession, createTask, deleteSession } from '../support/commands.ts'
import { FaultyFileSystem } from '../support/faulty-file-system.ts'
import { allWritten, crashStates, powerCut } from '../support/simulated-disk/crash-states.ts'
import type { DiskState } from '../support/simulated-disk/disk-state.ts'
import { SimulatedDisk } from '../support/simulated-disk/simulated-disk.ts'
import { filesOf } from '../support/simulated-disk/tree.ts'
import { session } from '../support/vocabulary.ts'
import { emptyDisk } from './power-cuts.ts'
import { dataDir, noSnapshots, openAtOnce, type ServerOptions, type SimulatedServer } from './server.ts'

/** Power cuts, and kills before them, that the server did not always stand. */

const request = { actor: { kind: 'user' } } as const
const random = mulberry32(1)

const open = (disk: FileSystem, options?: Partial<ServerOptions>): Promise<SimulatedServer> =>
  openAtOnce(disk, { fsync: 'always', segmentBytes: 10_000, snapshotRecords: 1000 }, random, options)

/** A server that writes files as well. */
const run = async (disk: SimulatedDisk): Promise<SimulatedServer> => {
  const server = await open(disk)
  await server.start()
  await server.idle()
  return server
}

const createProject = async ({ store }: SimulatedServer): Promise<{ id: ProjectId; receipt: Answer['receipt'] }> => {
  const { receipt } = await store.createProject({ name: 'Project' }, request)
  const id = store.logs().find((one) => store.positionOf(one).hash === receipt.hash)
  if (id === undefined) throw new Error('the project is not there')
  return { id, receipt }
}

const act = async (server: SimulatedServer, id: ProjectId, command: Command): Promise<void> => {
  await server.store.inProject(id, command, request)
  await server.idle()
}

const segments = /\.jsonl$/
const file = `${dataDir}/sessions/${session('s')}.json`
const contentOf = (state: DiskState, path: string): string | undefined => filesOf(state).get(path)?.toString()

describe('after a power cut', () => {
  it('the log is there whose directory a server had made that was killed right then', async () => {
    const disk = new SimulatedDisk(await emptyDisk())
    await disk.makeDirectory(`${dataDir}/log`)
    const { id, receipt } = await createProject(await open(disk))
    const { store } = await open(new SimulatedDisk(powerCut(disk.state)))
    expect(store.positionOf(id)).toEqual(receipt)
  })

  it('the file of a session does not come back that was deleted after a restart', async () => {
    const disk = new SimulatedDisk(await emptyDisk())
    const first = await run(disk)
    const { id } = await createProject(first)
    await act(first, id, createSession({ sessionId: session('s') }))
    const durable = new SimulatedDisk(allWritten(disk.state))
    expect(contentOf(durable.state, file)).toContain('"id"')

    await act(await run(durable), id, deleteSession(session('s')))
    for (const { state } of crashStates(durable.state, random, 200)) {
      const after = new SimulatedDisk(state)
      const server = await run(after)
      await server.compare()
      await server.idle()
      expect(contentOf(after.state, file)).toBeUndefined()
    }
  })

  it('a snapshot is there only if the log before it is, also where records are not synced', async () => {
    const disk = new SimulatedDisk(await emptyDisk())
    const server = await open(disk, { fsync: 'never', snapshotRecords: 3 })
    const { id } = await createProject(server)
    for (const title of ['a', 'b', 'c', 'd']) await act(server, id, createTask({ title }))
    for (const { state } of crashStates(disk.state, random, 500)) {
      const paths = [...filesOf(state).keys()].filter((path) => path.startsWith(projectDirectory(dataDir, id)))
      const snapshots = paths.map((path) => snapshotOffset(path.slice(path.lastIndexOf('/') + 1)) ?? 0)
      const { store } = await open(new SimulatedDisk(state), { watchSnapshots: () => noSnapshots })
      expect(store.positionOf(id).offset).toBeGreaterThanOrEqual(Math.max(0, ...snapshots))
    }
  })
})

describe('a write that found no room', () => {
  it('and was refused does not come back, not even the part of it for which there was room', async () => {
    const disk = new SimulatedDisk(await emptyDisk())
    const full = new FaultyFileSystem(disk)
    const waiting: Array<() => void> = []
    const server = await open(full, { defer: (run) => waiting.push(run) })
    const created = createProject(server)
    waiting.shift()?.()
    const { id, receipt } = await created
    full.plan('appendSync', { take: 1000 }, 1, segments)
    full.plan('appendSync', { code: 'ENOSPC' }, 1, segments)
    const tasks = ['a', 'b', 'c'].map((title) => server.store.inProject(id, createTask({ title }), request))
    waiting.shift()?.()
    for (const task of tasks) await expect(task).rejects.toMatchObject({ code: 'INSUFFICIENT_STORAGE' })
    for (const { state } of crashStates(disk.state, random, 500)) {
      const { store } = await open(new SimulatedDisk(state))
      expect(store.positionOf(id)).toEqual(receipt)
    }
  })
})

describe('after a restart', () => {
  it('the file of a session is left alone whose id another project has taken', async () => {
    const disk = new SimulatedDisk(await emptyDisk())
    const server = await run(disk)
    const [one, other] = [await createProject(server), await createProject(server)]
    await act(server, one.id, createSession({ sessionId: session('s'), name: 'old' }))
    await act(server, one.id, deleteSession(session('s')))
    await act(server, other.id, createSession({ sessionId: session('s'), name: 'new' }))
    await disk.remove(`${dataDir}/checkpoints/${one.id}.json`)
    await run(disk)
    expect(contentOf(disk.state, file)).toContain('"new"')
  })
})
