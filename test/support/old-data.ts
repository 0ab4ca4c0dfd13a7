import fc from 'fast-check'
import {
  EntryId,
  Json,
  Priority,
  type Project,
  ProjectId,
  type Session,
  type SessionEvent,
  SessionId,
  SessionStatus,
  type Subtask,
  SubtaskId,
  type Task,
  TaskId,
  TaskStatus,
  type TimelineEntry,
  TimelineType,
} from '../../events/index.ts'

/** A data directory of the earlier server: what is true in it, and files that say so, each in its own way. */
export interface OldData {
  readonly projects: readonly Project[]
  readonly tasks: readonly Task[]
  readonly sessions: readonly Session[]
  readonly files: Readonly<Record<string, unknown>>
  /** Paths of the files that hold no entity. */
  readonly bad: readonly string[]
}

const time = fc.integer({ min: 0, max: 4_000_000_000_000 })
const maybeTime = fc.option(time)
const text = fc.oneof(fc.string(), fc.constantFrom('', '\u2028', '\ud800', '__proto__', '\u0000'))
const texts = fc.array(text, { maxLength: 3 })
const id = fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,20}$/)
/** As JSON tells it, which has no minus zero. */
const json = fc.jsonValue({ maxDepth: 2 }).map((value) => Json.parse(JSON.parse(JSON.stringify(value))))
const key = fc.stringMatching(/^[a-zA-Z.]{1,8}$/)

const entry: fc.Arbitrary<TimelineEntry> = fc.record(
  {
    ...{ id: id.map((one) => EntryId.parse(one)), type: fc.constantFrom(...TimelineType.options), timestamp: time },
    ...{ message: text, sessionId: id.map((one) => SessionId.parse(one)) },
  },
  { requiredKeys: ['id', 'type', 'timestamp'] },
)
const sessionEvent: fc.Arbitrary<SessionEvent> = fc.record<SessionEvent, 'id' | 'type' | 'timestamp'>(
  { id: id.map((one) => EntryId.parse(one)), type: text, timestamp: time, data: json },
  { requiredKeys: ['id', 'type', 'timestamp'] },
)
const subtask: fc.Arbitrary<Subtask> = fc.record({
  ...{ id: id.map((one) => SubtaskId.parse(one)), taskId: id.map((one) => TaskId.parse(one)), title: text },
  ...{ description: text, completed: fc.boolean(), order: fc.integer() },
  ...{ createdAt: time, updatedAt: time, completedAt: maybeTime },
})

const projectBody = fc.record({
  ...{ name: text, workingDir: text, description: text },
  ...{ lifecycle: fc.constantFrom('open', 'strict'), createdAt: time, updatedAt: time },
})
const taskBody = fc.record({
  ...{ parentId: fc.option(id.map((one) => TaskId.parse(one))), title: text, description: text, initialPrompt: text },
  ...{ status: fc.constantFrom(...TaskStatus.options), priority: fc.constantFrom(...Priority.options) },
  ...{ skillIds: texts, agentIds: texts, dependencies: fc.uniqueArray(id.map((one) => TaskId.parse(one))) },
  ...{ subtasks: fc.array(subtask, { maxLength: 2 }), timeline: fc.array(entry, { maxLength: 3 }) },
  ...{ createdAt: time, updatedAt: time, startedAt: maybeTime, completedAt: maybeTime },
})
const sessionBody = fc.record({
  ...{ name: text, agentId: fc.option(text), env: fc.dictionary(key, text, { maxKeys: 3 }) },
  ...{ status: fc.constantFrom(...SessionStatus.options), startedAt: time, lastActivity: time, completedAt: maybeTime },
  ...{ hostname: text, platform: text, events: fc.array(sessionEvent, { maxLength: 3 }) },
  metadata: fc.dictionary(key, json, { maxKeys: 3 }),
})

/** What the server fills in for each field that a file does not tell. */
const defaults = {
  ...{ workingDir: '', description: '', lifecycle: 'open', parentId: null, initialPrompt: '', priority: 'medium' },
  ...{ skillIds: [], agentIds: [], dependencies: [], subtasks: [], timeline: [], startedAt: null, completedAt: null },
  ...{ sessionIds: [], taskIds: [], agentId: null, env: {}, hostname: '', platform: '', events: [], metadata: {} },
}

/** How an entity is told: a number for each of its fields, and fields that the server has no place for. */
const manner = fc.record({
  choices: fc.array(fc.nat(3), { minLength: 1, maxLength: 20 }),
  extras: fc.dictionary(
    key.map((one) => `x${one}`),
    json,
    { maxKeys: 2 },
  ),
})
type Manner = typeof manner extends fc.Arbitrary<infer T> ? T : never

const times: ReadonlySet<string> = new Set(['createdAt', 'updatedAt', 'startedAt', 'completedAt', 'lastActivity'])

/** An entity as a file might tell it: what goes without saying left out or null, times as text, more than there should be. */
const told = (entity: object, { choices, extras }: Manner): object => {
  const silent = new Map(Object.entries(defaults).map(([name, value]) => [name, JSON.stringify(value)]))
  const fields = Object.entries(entity).flatMap(([name, value], i) => {
    const choice = choices[i % choices.length]
    if (silent.get(name) === JSON.stringify(value)) return choice === 1 ? [] : [[name, choice === 2 ? null : value]]
    return [[name, choice === 3 && times.has(name) ? new Date(value).toISOString() : value]]
  })
  return { ...Object.fromEntries(fields), ...extras }
}

const members = fc.record({
  body: projectBody,
  manner,
  tasks: fc.array(fc.tuple(taskBody, manner), { maxLength: 4 }),
  sessions: fc.array(fc.tuple(sessionBody, manner), { maxLength: 3 }),
  /** Which task and which session are linked, and which of them tell: both, the task, the session. */
  links: fc.array(fc.tuple(fc.nat(3), fc.nat(2), fc.nat(2)), { maxLength: 6 }),
})

const garbage = fc.oneof(
  fc.string(),
  fc.uint8Array(),
  fc.jsonValue().map((value) => JSON.stringify(value)),
  fc.constant('{"id":"bad","name":"half'),
)

export const oldData: fc.Arbitrary<OldData> = fc
  .record({
    projects: fc.array(members, { minLength: 1, maxLength: 3 }),
    ids: fc.uniqueArray(id, { minLength: 24, maxLength: 24 }),
    bad: fc.array(garbage, { maxLength: 3 }),
  })
  .map(({ projects, ids, bad }) => {
    const unused = ids.values()
    const next = (): string => unused.next().value ?? ''
    const all: { projects: Project[]; tasks: Task[]; sessions: Session[] } = { projects: [], tasks: [], sessions: [] }
    const files: Record<string, unknown> = {}
    for (const { body, manner, ...rest } of projects) {
      const project: Project = { ...body, id: ProjectId.parse(next()) }
      all.projects.push(project)
      files[`projects/${project.id}.json`] = told(project, manner)
      const tasks = rest.tasks.map(([one, how]) => ({ id: TaskId.parse(next()), one, how }))
      const sessions = rest.sessions.map(([one, how]) => ({ id: SessionId.parse(next()), one, how }))
      const links = rest.links.flatMap(([t, s, side]) => {
        const [task, session] = [tasks[t]?.id, sessions[s]?.id]
        return task === undefined || session === undefined ? [] : [{ task, session, side }]
      })
      for (const { id, one, how } of tasks) {
        const own = links.filter(({ task }) => task === id)
        const of = (some: typeof own) => [...new Set(some.map(({ session }) => session))].sort()
        const task: Task = { ...one, id, projectId: project.id, sessionIds: of(own) }
        all.tasks.push(task)
        const says = { ...task, sessionIds: of(own.filter(({ side }) => side !== 2)) }
        files[`tasks/${project.id}/${id}.json`] = told(says, how)
      }
      for (const { id, one, how } of sessions) {
        const own = links.filter(({ session }) => session === id)
        const of = (some: typeof own) => [...new Set(some.map(({ task }) => task))].sort()
        const session: Session = { ...one, id, projectId: project.id, taskIds: of(own) }
        all.sessions.push(session)
        const says = { ...session, taskIds: of(own.filter(({ side }) => side !== 1)) }
        files[`sessions/${id}.json`] = told(says, how)
      }
    }
    const paths = bad.map((content, i) => {
      const path = ['projects/no.id.json', `tasks/${all.projects[0]?.id}/no.id.json`, 'sessions/no.id.json'][i] ?? ''
      files[path] = content
      return path
    })
    return { ...all, files, bad: paths }
  })
