import type { Session, SessionEvent, Task, TimelineEntry } from '../events/index.ts'
import { GrowingLists, type JsonText } from './growing-list.ts'

/** What grows with every report on a task or a session, and is never edited. */
export const timelines = new GrowingLists<Task, TimelineEntry>({
  name: 'timeline',
  items: ({ timeline }) => timeline,
  replaced: (task, timeline) => ({ ...task, timeline }),
})
export const sessionEvents = new GrowingLists<Session, SessionEvent>({
  name: 'events',
  items: ({ events }) => events,
  replaced: (session, events) => ({ ...session, events }),
})

/** Whether an entity shares what it has gathered with its other versions, so that it holds nothing of it by itself. */
export const isShared = (entity: object): boolean => timelines.has(entity) || sessionEvents.has(entity)

/** An entity as `JSON.stringify` writes it. What it shares with earlier versions is not written again. */
export const jsonOf = (entity: object): JsonText =>
  timelines.jsonOf(entity) ?? sessionEvents.jsonOf(entity) ?? JSON.stringify(entity)

const decoder = new TextDecoder()

/** JSON as text, whichever way it is given. No piece ends within a character. */
export const asText = (json: JsonText): string =>
  typeof json === 'string' ? json : json.map((piece) => decoder.decode(piece)).join('')
