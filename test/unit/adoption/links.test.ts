import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { SessionId, TaskId } from '../../../events/index.ts'
import { agreed } from '../../../src/adoption/links.ts'
import { sessionAdopted, taskAdopted } from '../../support/events.ts'
import { session, task } from '../../support/vocabulary.ts'

const taskWith = (id: TaskId, sessionIds: SessionId[]) => taskAdopted(id, { sessionIds }).data
const sessionWith = (id: SessionId, taskIds: TaskId[]) => sessionAdopted(id, { taskIds }).data

it('a link that one side tells of is told by both', () => {
  const { tasks, sessions } = agreed({
    tasks: [taskWith(task('a'), [session('x')]), taskWith(task('b'), [])],
    sessions: [sessionWith(session('x'), []), sessionWith(session('y'), [task('b')])],
  })
  expect(tasks.map(({ entity }) => entity.sessionIds)).toEqual([[session('x')], [session('y')]])
  expect(sessions.map(({ entity }) => entity.taskIds)).toEqual([[task('a')], [task('b')]])
})

it('ids of what is not there stay where they are', () => {
  const { tasks, sessions } = agreed({
    tasks: [taskWith(task('a'), [session('gone')])],
    sessions: [sessionWith(session('x'), [task('gone')])],
  })
  expect(tasks[0]?.entity.sessionIds).toEqual([session('gone')])
  expect(sessions[0]?.entity.taskIds).toEqual([task('gone')])
})

it('both sides always agree, nobody loses a link, and what is agreed stays as it is', () => {
  const names = ['a', 'b', 'c', 'd']
  const some = fc.uniqueArray(fc.constantFrom(...names, 'gone'))
  fc.assert(
    fc.property(fc.tuple(some, some, some, some), fc.tuple(some, some, some, some), (ofTasks, ofSessions) => {
      const before = {
        tasks: names.map((name, i) => taskWith(task(name), (ofTasks[i] ?? []).map(session))),
        sessions: names.map((name, i) => sessionWith(session(name), (ofSessions[i] ?? []).map(task))),
      }
      const after = agreed(before)
      const linked = new Set(after.tasks.flatMap(({ entity }) => entity.sessionIds.map((id) => `${entity.id} ${id}`)))
      const back = after.sessions.flatMap(({ entity }) => entity.taskIds.map((id) => `${id} ${entity.id}`))
      const known = (link: string): boolean => !link.includes('gone')
      expect([...linked].filter(known).sort()).toEqual(back.filter(known).sort())
      for (const [i, { entity }] of before.tasks.entries()) {
        expect(after.tasks[i]?.entity.sessionIds.slice(0, entity.sessionIds.length)).toEqual(entity.sessionIds)
      }
      expect(agreed(after)).toEqual(after)
    }),
  )
})
