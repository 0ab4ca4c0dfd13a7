import { expect } from 'vitest'
import { SessionStatus, TaskStatus } from '../../../events/index.ts'
import { prefixOf } from '../memory-log.ts'
import { openStore, type StoreFixture } from '../store-fixture.ts'
import { allOf, seenIn, textOf } from './seen.ts'
import type { Trial } from './trial.ts'
import type { Kept, ModelProject, World } from './world.ts'

/** A server shows what the model has: every entity with its version, in every list, and the hash of all of them. */
export const expectToShow = (server: StoreFixture, { projects }: World): void => {
  const { store } = server
  const there = projects.flatMap(({ project }) => (project === undefined ? [] : [project]))
  expect(store.projects().map(textOf)).toEqual(byId(there))
  expect(store.tasks(undefined, {}).map(textOf)).toEqual(byId(projects.flatMap(({ tasks }) => tasks)))
  expect(store.sessions(undefined, {}).map(textOf)).toEqual(byId(projects.flatMap(({ sessions }) => sessions)))
  for (const project of projects) {
    expect(seenIn(server, project.id)).toEqual(allOf(project))
    expect(server.stateHash(project.id)).toBe(project.hashes.at(-1))
    expect(store.positionOf(project.id).offset).toBe(project.offset)
    expectLists(server, project)
  }
}

const expectLists = ({ store }: StoreFixture, { id, tasks, sessions }: ModelProject): void => {
  const expectRows = <T extends { readonly id: string }>(
    rows: ReadonlyArray<{ readonly entity: object; readonly version: number }>,
    all: ReadonlyArray<Kept<T>>,
    filter: (entity: T) => boolean,
  ): void => expect(rows.map(textOf)).toEqual(all.filter(({ entity }) => filter(entity)).map(textOf))

  for (const status of TaskStatus.options)
    expectRows(store.tasks(id, { status }), tasks, (one) => one.status === status)
  for (const status of SessionStatus.options) {
    expectRows(store.sessions(id, { status }), sessions, (one) => one.status === status)
  }
  const isActive = (one: { readonly status: SessionStatus }): boolean => ['spawning', 'running'].includes(one.status)
  expectRows(store.sessions(id, { active: true }), sessions, isActive)
  for (const parentId of [null, ...tasks.map(({ entity }) => entity.id)]) {
    expectRows(store.tasks(id, { parentId }), tasks, (one) => one.parentId === parentId)
    if (parentId === null) continue
    expectRows(store.children(parentId), tasks, (one) => one.parentId === parentId)
    expectRows(store.sessions(id, { taskId: parentId }), sessions, (one) => one.taskIds.includes(parentId))
  }
}

/** A server that starts with the first records of a project shows what was true then. */
export const expectPrefixes = async ({ server, world }: Trial): Promise<void> => {
  for (const { id, hashes } of world.projects) {
    for (const [records, hash] of hashes.entries()) {
      const then = await openStore({ storage: prefixOf(server.storage, id, records) })
      if (records === 0) expect(then.store.logs()).toEqual([])
      else expect(then.stateHash(id)).toBe(hash)
    }
  }
}

const byId = (all: ReadonlyArray<Kept<{ readonly id: string }>>): string[] =>
  all.toSorted((a, b) => (a.entity.id < b.entity.id ? -1 : 1)).map(textOf)
