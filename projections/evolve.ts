import { Immer } from 'immer'
import type { Entities, EntityKind, UnsealedRecord } from '../events/index.ts'
import type { Appendix, Change, ChangeOf, Effect, EffectOf, Ids } from './change.ts'
import { sessionEvents, timelines } from './growing.ts'
import { projectAdopted, projectCreated, projectDeleted, projectUpdated } from './project.ts'
import {
  sessionAdopted,
  sessionCreated,
  sessionDeleted,
  sessionEventAdded,
  sessionTaskAdded,
  sessionTaskRemoved,
  sessionUpdated,
} from './session.ts'
import type { ProjectState } from './state.ts'
import { subtaskCreated, subtaskDeleted, subtaskUpdated } from './subtask.ts'
import type { Table } from './table.ts'
import { taskAdopted, taskCreated, taskDeleted, taskTimelineAdded, taskUpdated } from './task.ts'

/** Changes whenever the fold gives another state for the same log. Snapshots made by another version are not used. */
export const foldVersion = 1

/** What an event does, entity by entity. Total: an event about something that is not there does nothing to it. */
export const effectsOf = (state: ProjectState, record: UnsealedRecord): Effect[] => {
  switch (record.type) {
    case 'project:created':
      return projectCreated(record)
    case 'project:updated':
      return projectUpdated(record)
    case 'project:deleted':
      return projectDeleted(record)
    case 'project:adopted':
      return projectAdopted(record)
    case 'task:created':
      return taskCreated(record)
    case 'task:updated':
      return taskUpdated(record)
    case 'task:timeline_added':
      return taskTimelineAdded(record)
    case 'task:deleted':
      return taskDeleted(state, record)
    case 'task:adopted':
      return taskAdopted(record)
    case 'subtask:created':
      return subtaskCreated(record)
    case 'subtask:updated':
      return subtaskUpdated(record)
    case 'subtask:deleted':
      return subtaskDeleted(record)
    case 'session:created':
    case 'session:spawn_request':
      return sessionCreated(record)
    case 'session:updated':
      return sessionUpdated(record)
    case 'session:event_added':
      return sessionEventAdded(record)
    case 'session:task_added':
      return sessionTaskAdded(record)
    case 'session:task_removed':
      return sessionTaskRemoved(record)
    case 'session:deleted':
      return sessionDeleted(state, record)
    case 'session:adopted':
      return sessionAdopted(record)
    case 'record:redacted':
      return []
  }
}

// Entities are shared by reference and never written to, but deep freezing would visit a whole timeline at every entry.
const { produce } = new Immer({ autoFreeze: false })

/**
 * What an event changes, with every entity as it was before and is after. Changes nothing itself: entities are new
 * objects, and the state takes them over by `apply`.
 */
export const evolve = (state: ProjectState, record: UnsealedRecord): Change[] => {
  const changes: Change[] = []
  const add = (change: Change | undefined): void => {
    if (change !== undefined) changes.push(change)
  }
  for (const effect of effectsOf(state, record)) {
    switch (effect.kind) {
      case 'project':
        add(changeOf(effect, state.project.get(effect.id)?.entity, copies.project))
        break
      case 'task':
        add(changeOf(effect, state.task.get(effect.id)?.entity, copies.task))
        break
      case 'session':
        add(changeOf(effect, state.session.get(effect.id)?.entity, copies.session))
        break
      default:
        effect satisfies never
    }
  }
  return changes
}

/**
 * The same fold, done in place, several times as fast. Only for a state that is being rebuilt and that nobody else has
 * seen yet; what lies below it may be seen by all, and stays as it is. Writes to entities only, never to the record. Answers
 * what it did.
 */
export const rebuild = (state: ProjectState, record: UnsealedRecord): readonly Effect[] => {
  const effects = effectsOf(state, record)
  for (const effect of effects) {
    switch (effect.kind) {
      case 'project':
        inPlace(state.project, effect, record.offset, writable.project, () => {})
        break
      case 'task':
        inPlace(state.task, effect, record.offset, writable.task, (task, entries) => task.timeline.push(...entries))
        break
      case 'session':
        inPlace(state.session, effect, record.offset, writable.session, (session, events) =>
          session.events.push(...events),
        )
        break
      default:
        effect satisfies never
    }
  }
  return effects
}

type Update<K extends EntityKind> = Extract<EffectOf<K>, { op: 'update' }>
type Copies = { readonly [K in EntityKind]: (before: Entities[K], update: Update<K>) => Entities[K] }

/** What grows is put on outside of the draft: immer would look at each of ten thousand entries to add one. */
const copies: Copies = {
  project: (before, { recipe }) => produce(before, recipe),
  task: (before, { recipe, append = [] }) => timelines.next(before, (task) => produce(task, recipe), append),
  session: (before, { recipe, append = [] }) =>
    sessionEvents.next(before, (session) => produce(session, recipe), append),
}

/** Copies as deep as a rebuild writes: it pushes to timelines and events, and changes subtasks where they are. */
const writable: { readonly [K in EntityKind]: (entity: Entities[K]) => Entities[K] } = {
  project: (project) => ({ ...project }),
  task: (task) => ({
    ...task,
    subtasks: task.subtasks.map((subtask) => ({ ...subtask })),
    timeline: [...task.timeline],
  }),
  session: (session) => ({ ...session, events: [...session.events] }),
}

/** A change whose outcome shares nothing that a rebuild writes to, so that one may go on from it. */
export const unshared = (change: Change): Change => {
  if (change.after === undefined) return change
  switch (change.kind) {
    case 'project':
      return { ...change, after: writable.project(change.after) }
    case 'task':
      return { ...change, after: writable.task(change.after) }
    case 'session':
      return { ...change, after: writable.session(change.after) }
  }
}

const changeOf = <K extends EntityKind>(
  effect: EffectOf<K>,
  before: Entities[K] | undefined,
  copy: Copies[K],
): ChangeOf<K> | undefined => {
  const { kind, id } = effect
  if (effect.op === 'create') return { kind, id, before, after: effect.entity }
  if (before === undefined) return undefined
  return { kind, id, before, after: effect.op === 'delete' ? undefined : copy(before, effect) }
}

const inPlace = <K extends EntityKind>(
  table: Pick<Table<Ids[K], Entities[K], never>, 'set' | 'delete' | 'mutate'>,
  effect: EffectOf<K>,
  offset: number,
  copy: (entity: Entities[K]) => Entities[K],
  append: (entity: Entities[K], appendix: ReadonlyArray<Appendix[K]>) => void,
): void => {
  switch (effect.op) {
    case 'create':
      table.set(effect.id, effect.entity, offset)
      break
    case 'delete':
      table.delete(effect.id, offset)
      break
    case 'update':
      table.mutate(
        effect.id,
        offset,
        (entity) => {
          effect.recipe(entity)
          if (effect.append !== undefined) append(entity, effect.append)
        },
        copy,
      )
      break
  }
}
