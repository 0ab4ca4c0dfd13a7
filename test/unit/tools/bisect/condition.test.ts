import { describe, expect, it } from 'vitest'
import type { DomainEvent } from '../../../../events/index.ts'
import { AppError } from '../../../../src/errors.ts'
import { readCondition } from '../../../../tools/log-bisect/condition.ts'
import { withinTime } from '../../../../tools/log-bisect/time-limit.ts'
import {
  projectCreated,
  sessionCreated,
  subtaskCreated,
  taskCreated,
  taskUpdated,
  timelineAdded,
} from '../../../support/events.ts'
import { fold } from '../../../support/fold.ts'
import { session, subtask, task, timeAt } from '../../../support/vocabulary.ts'

const [a, b, c] = [task('a'), task('b'), task('c')]
const events: readonly DomainEvent[] = [
  projectCreated({ name: 'Apollo' }),
  taskCreated(a, { title: 'Build it', priority: 'high' }),
  taskCreated(b, { title: 'Test it', parentId: a, dependencies: [a] }),
  taskCreated(c, { title: 'Ship it' }),
  sessionCreated(session('x'), { taskIds: [a], name: 'Ann', env: { A: '1' }, metadata: { tokens: 1200 } }),
  taskUpdated(a, { status: 'in_progress', startedAt: timeAt(5) }),
  taskUpdated(b, { status: 'blocked' }),
  timelineAdded(b, { type: 'blocker', message: 'Waits for a key' }),
  subtaskCreated(a, subtask('i'), { title: 'First' }),
  taskUpdated(c, { status: 'completed', completedAt: timeAt(9) }),
]
const offset = events.length - 1
const moment = { state: fold(...events).state, offset, at: timeAt(offset) }
const verdictOn = (text: string) => readCondition(text)(moment)

describe('a condition', () => {
  it.each([
    'offset == 9',
    'now == timestamp("2023-11-14T22:13:29Z")',
    'project.name == "Apollo" && project.lifecycle == "open"',
    'tasks.size() == 3 && size(sessions) == 1',
    'countTasks("blocked") == 1 && countSessions("running") == 1',
    'tasks.filter(t, t.status == "blocked").size() > 0',
    'tasks.exists(t, t.priority == "high" && t.sessionIds.size() > 0)',
    'tasks.all(t, t.createdAt <= t.updatedAt)',
    'tasks.exists_one(t, t.completedAt != null)',
    'task("task_a").status in ["in_progress", "blocked"]',
    'task("task_b").parentId == "task_a" && task("task_a").parentId == null',
    '"task_a" in task("task_b").dependencies',
    'task("task_b").timeline.exists(e, e.type == "blocker" && e.message.contains("key"))',
    'task("task_b").timeline[0].type == "created"',
    'task("task_a").subtasks.all(s, !s.completed && s.order == 0.0)',
    'task("task_c").completedAt - task("task_c").createdAt > duration("5s")',
    'session("sess_x").name.lowerAscii() == "ann" && session("sess_x").env["A"] == "1"',
    'session("sess_x").metadata.tokens > 1000',
    'sessions.all(s, has(s.metadata.tokens) && !has(s.metadata.cost))',
    '"tokens" in session("sess_x").metadata',
    'exists("task_a") && exists("sess_x") && !exists("task_z") && !exists("no id!")',
    'children("task_a").size() == 1 && children("task_z").size() == 0',
    'children("task_a").all(t, t.status == "blocked")',
    'offset > 100 ? false : true',
  ])('holds: %s', (text) => {
    expect(verdictOn(text)).toEqual({ holds: true })
  })

  it.each([
    ['task("task_z").status == "completed"', 'there is no task task_z'],
    ['session("sess_z").status == "running"', 'there is no session sess_z'],
    ['!(task("task_z").status == "completed")', 'there is no task task_z'],
    ['tasks[7].status == "completed"', 'No such key: index out of bounds, index 7 >= size 3'],
    ['session("sess_x").metadata.cost > 1', 'No such key: cost'],
    ['tasks.all(t, t.completedAt > t.createdAt)', 'no such overload: dyn<null> > google.protobuf.Timestamp'],
    ['session("sess_x").metadata.tokens', 'it gives number, not true or false'],
  ])('that cannot be told does not hold, and says why: %s', (text, undecided) => {
    expect(verdictOn(text)).toEqual({ holds: false, undecided })
  })

  it('may ask for what is not there beside what is', () => {
    expect(verdictOn('task("task_z").status == "completed" || offset == 9')).toEqual({ holds: true })
  })

  it('of an empty project is about nothing', () => {
    const empty = { state: fold().state, offset: 0, at: 0 }
    expect(readCondition('tasks.size() == 0 && !exists("task_a")')(empty)).toEqual({ holds: true })
    expect(readCondition('project.name == "Apollo"')(empty)).toEqual({ holds: false, undecided: 'there is no project' })
  })
})

/** What is said of a condition, and the part of it that is pointed at. */
const refusalOf = (text: string): { readonly says: string; readonly pointsAt: string } => {
  try {
    readCondition(text)
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'VALIDATION_ERROR') throw error
    const [says = '', line = '', carets = ''] = error.message.split('\n')
    return {
      says: says.replace('The condition cannot be used: ', ''),
      pointsAt: line.slice(carets.indexOf('^'), carets.length),
    }
  }
  throw new Error(`nothing is wrong with ${text}`)
}

describe('what a condition cannot be', () => {
  it.each([
    ['taks.size() > 3', 'Unknown variable: taks', 'taks'],
    ['tasks.size() >', 'Unexpected token: EOF', ''],
    ['tasks.filter(t, t.statuss == "x").size() > 1', 'No such key: statuss', 'statuss'],
    ['tasks.size()', 'It gives int, and a condition gives true or false', 'tasks.size()'],
    ['tasks + 1 == tasks', 'no such overload: list<Task> + int', 'tasks + 1 == tasks'.slice(0, 9)],
    [
      'tasks.exists(t, t.priority == "urgent")',
      't.priority is one of low, medium, high, and never "urgent"',
      't.priority == "urgent"',
    ],
    [
      'countTasks("done") > 1',
      'countTasks takes one of pending, in_progress, blocked, completed, and never "done"',
      'countTasks("done")',
    ],
    [
      'project.lifecycle in ["open", "closed"]',
      'project.lifecycle is one of open, strict, and never "closed"',
      'project.lifecycle in ["open", "closed"]',
    ],
  ])('%s', (text, says, pointsAt) => {
    expect(refusalOf(text)).toEqual({ says, pointsAt })
  })

  it('tells what there is, with examples', () => {
    expect(() => readCondition('x')).toThrow(
      /It can ask for offset, now, .*countSessions\(status\), as in\n {2}countTasks/,
    )
  })

  it('shows the line that is meant, and of a long line a part', () => {
    expect(() => readCondition('offset > 1 &&\n  nope')).toThrow('\n    nope\n    ^^^^\n')
    expect(() => readCondition(`${'offset > 1 && '.repeat(50)}nope`)).toThrow(/\n {2}.{40}nope\n {42}\^{4}\n/)
  })
})

describe('what could go on forever, or take all memory', () => {
  it.each([
    [
      'a regular expression',
      'project.name.matches("^(a+)+$")',
      'matches is left out, because a regular expression can',
    ],
    ['a list made of a list', 'tasks.map(t, t.id).size() > 1', 'map is left out'],
    ['a name for a value', 'cel.bind(x, tasks, x.size() > 1)', 'bind is left out'],
    ['a list around a list', '[tasks].exists(x, x.size() > 1)', 'A list in brackets can only stand behind "in"'],
    ['a choice of lists', '(true ? [1] : [2]).exists(x, true)', 'A list in brackets can only stand behind "in"'],
    ['a list in a list', 'offset in [[1]]', 'A list in brackets can only stand behind "in"'],
    ['a text in pieces', '"a,b".split(",").size() > 1', 'There is no split here'],
    ['a parser', 'b"x".json().size() == 0', 'There is no json here'],
    ['a map', '{"a": 1}.size() == 1', 'Exceeded maxMapEntries'],
    ['a long list', `offset in [${'1,'.repeat(200)}1]`, 'Exceeded maxListElements'],
    ['many brackets', `${'('.repeat(200)}true${')'.repeat(200)}`, 'Exceeded maxDepth'],
    ['many negations', `${'!'.repeat(900)}true`, 'Exceeded maxAstNodes'],
    ['a long sum', `offset > ${'1 + '.repeat(300)}1`, 'Exceeded maxAstNodes'],
    ['a novel', `${' '.repeat(2_000)}true`, 'A condition has at most 2000 characters'],
  ])('is refused: %s', (_, text, says) => {
    expect(refusalOf(text).says).toContain(says)
  })

  it('is stopped when its time is over', () => {
    const many = Array.from({ length: 300 }, (_, i) => taskCreated(task(`t${i}`)))
    const { state } = fold(projectCreated(), ...many)
    const condition = readCondition(
      'tasks.all(x, tasks.all(y, tasks.all(z, x.id != "no" || y.id != "no" || z.id != "no")))',
    )
    expect(withinTime(50, () => condition({ state, offset: 300, at: 0 }))).toBeUndefined()
    expect(withinTime(5_000, () => 'quick')).toBe('quick')
  })

  it('fails as itself within its time', () => {
    const fail = (): never => {
      throw new AppError('NOT_FOUND', 'gone')
    }
    expect(() => withinTime(5_000, fail)).toThrow(AppError)
  })
})
