import { sep } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type EntityKind, entryIdOf, maxRecordBytes } from '../../../events/index.ts'
import { openEntity } from '../../../src/adoption/old-entity.ts'
import { type Plan, planAdoption } from '../../../src/adoption/plan.ts'
import { draftsOf } from '../../../src/adoption/records.ts'
import { now, recordIdAt } from '../../support/vocabulary.ts'

const kindOf = (top: string): EntityKind => (top === 'projects' ? 'project' : top === 'tasks' ? 'task' : 'session')

/** Plans the adoption of files, by path, in the order in which a directory lists them. */
const plan = (files: Readonly<Record<string, object>>): Plan => {
  const found = Object.entries(files).map(([path, content]) => {
    const [top = '', ...below] = path.split('/')
    const file = { path, name: below.at(-1) ?? '', kind: kindOf(top), folder: below.length > 1 ? below[0] : undefined }
    const opened = openEntity(file, Buffer.from(JSON.stringify(content)))
    if (opened.kind === 'left') throw new Error(opened.left.reason)
    return opened.entity
  })
  let records = 0
  return planAdoption(found, () => {
    records += 1
    return { id: recordIdAt(records), at: now }
  })
}

const bare = { 'projects/proj_p.json': { id: 'proj_p', name: 'P' } }
const withTask = (fields: object, id = 'task_t') => ({
  ...bare,
  [`tasks/proj_p/${id}.json`]: { id, title: 'T', ...fields },
})
const withSession = (fields: object) => ({ ...bare, 'sessions/s.json': { id: 's', projectId: 'proj_p', ...fields } })

const projectFrom = (fields: object) =>
  plan({ 'projects/proj_p.json': { ...bare['projects/proj_p.json'], ...fields } }).projects[0]?.project.entity
const taskFrom = (fields: object, id?: string) => plan(withTask(fields, id)).projects[0]?.tasks[0]?.entity
const sessionFrom = (fields: object) => plan(withSession(fields)).projects[0]?.sessions[0]?.entity

const reasons = (files: Readonly<Record<string, object>>) =>
  plan(files).left.map(({ path, reason }) => `${path.replaceAll(sep, '/')} ${reason}`)

describe('what a file leaves out', () => {
  it('of a project is as in a new one', () => {
    expect(projectFrom({ createdAt: 5 })).toEqual({
      ...{ id: 'proj_p', name: 'P', workingDir: '', description: '', lifecycle: 'open', createdAt: 5, updatedAt: 5 },
    })
  })

  it('of a task is as in a new one, but no history is made up', () => {
    expect(taskFrom({ createdAt: 5, description: null })).toEqual({
      ...{ id: 'task_t', projectId: 'proj_p', parentId: null, title: 'T', description: '', initialPrompt: '' },
      ...{ status: 'pending', priority: 'medium', sessionIds: [], skillIds: [], agentIds: [], dependencies: [] },
      ...{ subtasks: [], timeline: [], createdAt: 5, updatedAt: 5, startedAt: null, completedAt: null },
    })
  })

  it('of a session is as in a new one, except for the machine, which nobody knows', () => {
    expect(sessionFrom({ startedAt: 5 })).toEqual({
      ...{ id: 's', projectId: 'proj_p', taskIds: [], name: 's', agentId: null, env: {}, status: 'running' },
      ...{ startedAt: 5, lastActivity: 5, completedAt: null, hostname: '', platform: '', events: [], metadata: {} },
    })
  })

  it('of a subtask is as in a new one, in the order of the file', () => {
    const subtasks = taskFrom({
      createdAt: 5,
      subtasks: [
        { id: 'a', title: 'A' },
        { id: 'b', title: 'B', order: 7 },
      ],
    })
    const filled = {
      taskId: 'task_t',
      description: '',
      completed: false,
      createdAt: 5,
      updatedAt: 5,
      completedAt: null,
    }
    expect(subtasks?.subtasks).toEqual([
      { id: 'a', title: 'A', order: 0, ...filled },
      { id: 'b', title: 'B', order: 7, ...filled },
    ])
  })

  it('of an entry or an event comes from the record and from the entity', () => {
    expect(taskFrom({ createdAt: 5, timeline: [{ type: 'update' }, { message: 'm' }] })?.timeline).toEqual([
      { id: entryIdOf(recordIdAt(2), now, 0), type: 'update', timestamp: 5 },
      { id: entryIdOf(recordIdAt(2), now, 1), type: 'update', timestamp: 5, message: 'm' },
    ])
    expect(sessionFrom({ startedAt: 5, events: [{ type: 'note', data: null }] })?.events).toEqual([
      { id: entryIdOf(recordIdAt(2), now, 0), type: 'note', timestamp: 5, data: null },
    ])
  })
})

describe('a time that is missing', () => {
  const id = 'task_1706790000000_xyz789'

  it('is the one that the id tells', () => {
    expect(taskFrom({ updatedAt: 1706790000001 }, id)).toMatchObject({ createdAt: 1706790000000 })
    const entry = { id: 'evt_1706790000007_abc', type: 'update', message: 'm' }
    expect(taskFrom({ createdAt: 5, timeline: [entry] })?.timeline).toEqual([{ ...entry, timestamp: 1706790000007 }])
  })

  it('is otherwise the nearest one that is known', () => {
    expect(taskFrom({ updatedAt: 9 })).toMatchObject({ createdAt: 9, updatedAt: 9 })
    expect(sessionFrom({ lastActivity: 9 })).toMatchObject({ startedAt: 9, lastActivity: 9 })
  })

  it('is otherwise now', () => {
    expect(taskFrom({})).toMatchObject({ createdAt: now, updatedAt: now })
    expect(projectFrom({})).toMatchObject({ createdAt: now, updatedAt: now })
    expect(sessionFrom({})).toMatchObject({ startedAt: now, lastActivity: now })
  })
})

describe('what is said in another way', () => {
  it.each(['2024-02-01T12:20:00.000Z', '2024-02-01T14:20:00+02:00'])('the time %s is taken over', (createdAt) => {
    expect(taskFrom({ createdAt })).toMatchObject({ createdAt: 1706790000000 })
  })

  it.each([
    ...[
      ['todo', 'pending'],
      ['TODO', 'pending'],
      ['to-do', 'pending'],
      ['done', 'completed'],
      ['Done', 'completed'],
    ],
    ...[
      ['inProgress', 'in_progress'],
      ['in-progress', 'in_progress'],
      ['In Progress', 'in_progress'],
    ],
    ...[
      ['PENDING', 'pending'],
      ['Blocked', 'blocked'],
      ['completed ', 'completed'],
    ],
  ])('the status %s of a task is %s', (status, same) => {
    expect(taskFrom({ status })).toMatchObject({ status: same })
  })

  it('a timeline type that is not known is an update', () => {
    expect(taskFrom({ timeline: [{ type: 'assigned', timestamp: 1 }] })?.timeline).toMatchObject([{ type: 'update' }])
  })

  it('what is in a list of links twice is in it once', () => {
    expect(taskFrom({ dependencies: ['a', 'b', 'a'] })).toMatchObject({ dependencies: ['a', 'b'] })
  })

  it('all of it is told of, and what the server has no place for', () => {
    const timeline = [{ id: 'e', type: 'assigned', timestamp: 1, metadata: {} }]
    const { projects } = plan(withTask({ status: 'done', priority: 'high', team: 'x', timeline }))
    expect([...(projects[0]?.tasks[0]?.untaken ?? [])]).toEqual([
      ...['status', 'team', 'timeline[].type', 'timeline[].metadata'],
    ])
  })
})

describe('a file is left alone', () => {
  it.each([
    ['its status could mean several', { status: 'cancelled' }, 'status Invalid option'],
    ['its title is missing', { title: null }, 'title Invalid input: expected string'],
    ['a time has no zone', { createdAt: '2024-02-01T12:20:00' }, 'createdAt Invalid input: expected number'],
    ['a time is not whole', { createdAt: 1.5 }, 'createdAt Invalid input: expected int'],
    ['a reference cannot be an id', { dependencies: ['a b'] }, 'dependencies.0 must match'],
    ['a list is none', { timeline: {} }, 'timeline Invalid input: expected array'],
    ['a member of a list is none', { timeline: ['x'] }, 'timeline.0 Invalid input: expected object'],
    ['a subtask has no id', { subtasks: [{ title: 'x' }] }, 'subtasks.0.id Invalid input: expected string'],
  ])('when %s', (_, fields, reason) => {
    expect(reasons(withTask(fields))).toEqual([expect.stringContaining(`does not hold a task: ${reason}`)])
  })

  it('when a session has stopped, which may have been a success or a failure', () => {
    expect(reasons(withSession({ status: 'stopped' }))).toEqual([expect.stringContaining('status Invalid option')])
  })

  it('when a task says that it belongs to another project than the one it is in', () => {
    expect(reasons(withTask({ projectId: 'proj_q' }))).toEqual([
      'tasks/proj_p/task_t.json has a projectId that is not the folder it is in',
    ])
  })

  it('when its project is not there, or is left alone itself', () => {
    const task = { id: 'a', title: 'A' }
    const files = {
      'projects/q.json': { id: 'q' },
      'tasks/q/a.json': task,
      'tasks/gone/a.json': task,
      'sessions/s.json': { id: 's', projectId: 'q' },
      'sessions/t.json': { id: 't' },
    }
    expect(reasons(files)).toEqual([
      'projects/q.json does not hold a project: name Invalid input: expected string, received undefined',
      'tasks/q/a.json belongs to no project that is adopted',
      'tasks/gone/a.json belongs to no project that is adopted',
      'sessions/s.json belongs to no project that is adopted',
      'sessions/t.json belongs to no project that is adopted',
    ])
  })

  it('when an earlier project has a task with its id', () => {
    const files = {
      ...{ 'projects/p.json': { id: 'p', name: 'P' }, 'projects/q.json': { id: 'q', name: 'Q' } },
      ...{ 'tasks/p/a.json': { id: 'a', title: 'first' }, 'tasks/q/a.json': { id: 'a', title: 'second' } },
    }
    const { projects, left } = plan(files)
    expect(projects.flatMap(({ tasks }) => tasks.map(({ entity }) => entity.title))).toEqual(['first'])
    expect(left).toEqual([{ path: 'tasks/q/a.json', reason: 'has the id of a task that another project has' }])
  })

  it('but not when the one in the earlier project is left alone', () => {
    const files = {
      ...{ 'projects/p.json': { id: 'p', name: 'P' }, 'projects/q.json': { id: 'q', name: 'Q' } },
      ...{ 'tasks/p/a.json': { id: 'a' }, 'tasks/q/a.json': { id: 'a', title: 'second' } },
    }
    expect(plan(files).projects[1]?.tasks.map(({ entity }) => entity.title)).toEqual(['second'])
  })
})

describe('an entity that is too large for a record', () => {
  const huge = 'x'.repeat(maxRecordBytes)

  it('is left alone, and what only it said of links does not count', () => {
    const files = {
      ...withTask({ description: huge, sessionIds: ['s'] }),
      'sessions/s.json': { id: 's', projectId: 'proj_p' },
    }
    expect(reasons(files)).toEqual(['tasks/proj_p/task_t.json is too large for a record'])
    expect(plan(files).projects[0]?.sessions).toMatchObject([{ entity: { taskIds: [] } }])
  })

  it('is left alone with all that belongs to it when it is a project', () => {
    const files = { ...withTask({}), 'projects/proj_p.json': { id: 'proj_p', name: huge } }
    expect(reasons(files)).toEqual([
      'projects/proj_p.json is too large for a record',
      'tasks/proj_p/task_t.json belongs to no project that is adopted',
    ])
  })

  it('may also have become so by its links', () => {
    const names = Array.from({ length: 100 }, (_, i) => `session_${i}_${'y'.repeat(100)}`)
    const sessions = names.map(
      (id) => [`sessions/${id}.json`, { id, projectId: 'proj_p', taskIds: ['task_t'] }] as const,
    )
    const files = { ...withTask({ description: 'x'.repeat(maxRecordBytes - 4000) }), ...Object.fromEntries(sessions) }
    expect(reasons(files)).toEqual(['tasks/proj_p/task_t.json is too large for a record'])
    expect(plan(files).projects[0]?.sessions).toHaveLength(100)
  })
})

it('the log of a project tells first of it, then of its tasks and its sessions as they came into being', () => {
  const files = {
    ...bare,
    'tasks/proj_p/a.json': { id: 'a', title: 'second', createdAt: 20 },
    'tasks/proj_p/b.json': { id: 'b', title: 'first', createdAt: '1970-01-01T00:00:00.010Z' },
    'tasks/proj_p/c.json': { id: 'c', title: 'with the second', createdAt: 20 },
    'tasks/proj_p/d.json': { id: 'd', title: 'nobody knows when' },
    'tasks/proj_p/e.json': { id: 'e', title: 'refused', createdAt: 'yesterday' },
    'sessions/s.json': { id: 's', projectId: 'proj_p', startedAt: 2 },
    'sessions/t.json': { id: 't', projectId: 'proj_p', startedAt: 1 },
  }
  const [project] = plan(files).projects
  if (project === undefined) throw new Error('nothing is adopted')
  const drafts = [...draftsOf(project)]
  expect(drafts.map(({ type, data }) => `${type} ${JSON.parse(data).entity.id}`)).toEqual([
    'project:adopted proj_p',
    ...['b', 'a', 'c', 'd'].map((id) => `task:adopted ${id}`),
    ...['t', 's'].map((id) => `session:adopted ${id}`),
  ])
  expect(drafts.map(({ id }) => id)).toEqual([...drafts.map(({ id }) => id)].sort())
  for (const draft of drafts) expect(draft).toMatchObject({ projectId: 'proj_p', at: now, actor: { kind: 'system' } })
})
