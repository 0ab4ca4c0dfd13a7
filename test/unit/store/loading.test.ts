import { beforeEach, describe, expect, it } from 'vitest'
import { ProjectId } from '../../../events/index.ts'
import { foldVersion } from '../../../projections/index.ts'
import type { StoredSnapshot } from '../../../src/log/snapshots.ts'
import { sha256 } from '../../../src/platform/hash.ts'
import { type LoadVisitor, noVisitor } from '../../../src/store/load-visitor.ts'
import { type BusyProject, busyProject } from '../../support/busy-project.ts'
import { createSession, createTask, deleteSession, updateTask } from '../../support/commands.ts'
import { allOf, openStore, type StoreFixture, visible, withKey } from '../../support/store-fixture.ts'
import { session, task } from '../../support/vocabulary.ts'

let fixture: StoreFixture
let project: BusyProject
beforeEach(async () => {
  fixture = await openStore()
  project = await busyProject(fixture)
})

/** All that there is to see, lists in their order, each entity with its version. */
const seenBy = (server: StoreFixture) => ({
  all: allOf(server.stateOf(project.id)),
  stateHash: server.stateHash(project.id),
  lists: [
    server.store.projects(),
    server.store.tasks(undefined, {}),
    server.store.tasks(project.id, { status: 'pending' }),
    server.store.tasks(project.id, { parentId: null }),
    server.store.sessions(project.id, { active: true }),
    ...project.tasks.flatMap((id) => [server.store.children(id), server.store.sessions(project.id, { taskId: id })]),
  ].map(visible),
  head: server.store.positionOf(project.id),
})

/** Another server, with the offsets of the records that it read at its start, and of the snapshots it threw away. */
const restarted = async () => {
  const read: number[] = []
  const discarded: number[] = []
  const visitor: LoadVisitor = {
    ...noVisitor,
    record: ({ offset }) => read.push(offset),
    discarded: (_, offset, failure) => discarded.push(failure === undefined ? offset : Number.NaN),
  }
  return { server: await fixture.another({ visitor }), read, discarded }
}
const head = () => fixture.store.positionOf(project.id).offset
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)

/** A tail after the last snapshot, in which a session comes again and so is the last in creation order. */
const addTail = async () => {
  await fixture.send(project.id, deleteSession(session('two')))
  await fixture.send(project.id, createSession({ sessionId: session('two') }))
  await fixture.send(project.id, createSession({ sessionId: session('three') }))
  await fixture.send(project.id, updateTask(project.root, { title: 'New', status: 'blocked' }))
}

describe('a restart', () => {
  it('tells of each snapshot that it reads', async () => {
    await fixture.snapshot(project.id)
    const other = await fixture.givenProject()
    const told: ProjectId[] = []
    await fixture.another({ visitor: { ...noVisitor, restored: (id) => told.push(id) } })
    expect(told).toEqual([project.id])
    await fixture.snapshot(other)
    await fixture.another({ visitor: { ...noVisitor, restored: (id) => told.push(id) } })
    expect(told.toSorted()).toEqual([project.id, project.id, other].toSorted())
  })

  it('from the log alone gives what there was', async () => {
    const { server, read } = await restarted()
    expect(seenBy(server)).toEqual(seenBy(fixture))
    expect(read).toEqual(range(0, head()))
  })

  it('from a snapshot gives the same, and reads no record', async () => {
    await fixture.snapshot(project.id)
    const { server, read } = await restarted()
    expect(seenBy(server)).toEqual(seenBy(fixture))
    expect(read).toEqual([])
  })

  it('from a snapshot and what came after it gives the same, and reads only that', async () => {
    await fixture.snapshot(project.id)
    const from = head()
    await addTail()
    const { server, read } = await restarted()
    expect(seenBy(server)).toEqual(seenBy(fixture))
    expect(read).toEqual(range(from, head()))
  })

  it('is followed by writes that go on where the log ends', async () => {
    await fixture.snapshot(project.id)
    const { server } = await restarted()
    const { receipt } = await server.send(project.id, updateTask(project.root, { title: 'New' }))
    expect(receipt.offset).toBe(head() + 1)
    expect(server.store.task(project.root)?.entity.title).toBe('New')
    expect(seenBy(await server.another())).toEqual(seenBy(server))
  })

  it('of a server with several projects takes each from its own snapshot', async () => {
    const other = await fixture.givenProject('Other')
    await fixture.snapshot(project.id)
    await fixture.snapshot(other)
    await fixture.givenTask(other)
    const { server, read } = await restarted()
    expect(read).toEqual([1])
    expect(visible(server.store.tasks(undefined, {}))).toEqual(visible(fixture.store.tasks(undefined, {})))
  })
})

describe('a snapshot', () => {
  const edit = ({ header, rows }: StoredSnapshot, changes: object): StoredSnapshot => ({
    header: JSON.stringify({ ...JSON.parse(header), ...changes }),
    rows,
  })
  const unusable: Array<[string, (snapshot: StoredSnapshot) => StoredSnapshot]> = [
    ['of another format', (snapshot) => edit(snapshot, { v: 1 })],
    ['made by another fold', (snapshot) => edit(snapshot, { foldVersion: foldVersion + 1 })],
    ['of another project', (snapshot) => edit(snapshot, { projectId: ProjectId.parse('proj_other') })],
    ['of another offset', (snapshot) => edit(snapshot, { offset: 1 })],
    ['of no offset', (snapshot) => edit(snapshot, { offset: 0 })],
    ['of another history', (snapshot) => edit(snapshot, { hash: sha256('another') })],
    ['that does not say of which history', (snapshot) => edit(snapshot, { hash: undefined })],
    ['whose header is something else', ({ rows }) => ({ header: '[]', rows })],
  ]
  const spoil = (how: (snapshot: StoredSnapshot) => StoredSnapshot, offset = head()): void => {
    const kept = fixture.snapshotStorage.get(project.id)
    const snapshot = kept?.get(offset)
    if (kept === undefined || snapshot === undefined) throw new Error('no snapshot')
    kept.set(offset, how(snapshot))
  }

  it.each(unusable)('%s is thrown away, and the one before it is used', async (_, how) => {
    await fixture.snapshot(project.id)
    const older = head()
    await addTail()
    await fixture.snapshot(project.id)
    spoil(how)
    const { server, read, discarded } = await restarted()
    expect({ read, discarded }).toEqual({ read: range(older, head()), discarded: [head()] })
    expect(seenBy(server)).toEqual(seenBy(fixture))
    expect(await fixture.snapshots.list(project.id)).toEqual([older])
  })

  it.each(unusable)('%s that is the only one is thrown away, and the log alone is used', async (_, how) => {
    await fixture.snapshot(project.id)
    spoil(how)
    const { server, read, discarded } = await restarted()
    expect({ read, discarded }).toEqual({ read: range(0, head()), discarded: [head()] })
    expect(seenBy(server)).toEqual(seenBy(fixture))
    expect(await fixture.snapshots.list(project.id)).toEqual([])
  })

  it('of what a log had before it was brought back from a copy leaves nothing behind, not even a key', async () => {
    const log = fixture.storage.get(project.id)
    if (log === undefined) throw new Error('no log')
    const lines = [...log.lines]
    await addTail()
    await fixture.send(project.id, createTask({ title: 'Lost' }), withKey('lost'))
    await fixture.snapshot(project.id, [{ kind: 'task', id: task('gone') }])
    const ahead = fixture.snapshotStorage.get(project.id)?.get(head())
    const end = head()
    if (ahead === undefined) throw new Error('no snapshot')
    // The copy has grown again, into another history, before anybody restarts.
    const copy = await openStore()
    expect((await busyProject(copy)).id).toBe(project.id)
    expect(copy.storage.get(project.id)?.lines).toEqual(lines)
    for (let i = lines.length; i < end; i += 1) await copy.givenTask(project.id)
    copy.snapshotStorage.set(project.id, new Map([[end, ahead]]))
    const restored = await copy.another({
      visitor: { ...noVisitor, gone: (_, { id }) => expect.fail(`${id} is gone`) },
    })
    expect(allOf(restored.stateOf(project.id))).toEqual(allOf(copy.stateOf(project.id)))
    expect(restored.store.positionOf(project.id)).toEqual(copy.store.positionOf(project.id))
    expect(restored.store.session(session('three'))).toBeUndefined()
    expect(await restored.snapshots.list(project.id)).toEqual([])
    const again = await restored.send(project.id, createTask({ title: 'Lost' }), withKey('lost'))
    expect(again).toMatchObject({ outcome: 'appended', sight: { version: end } })
  })
})
