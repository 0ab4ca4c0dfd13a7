import { z } from 'zod'
import { event } from './event.ts'
import { ProjectAdopted, ProjectCreated, ProjectDeleted, ProjectUpdated } from './project.ts'
import {
  SessionAdopted,
  SessionCreated,
  SessionDeleted,
  SessionEventAdded,
  SessionSpawnRequested,
  SessionTaskAdded,
  SessionTaskRemoved,
  SessionUpdated,
} from './session.ts'
import { SubtaskCreated, SubtaskDeleted, SubtaskUpdated } from './subtask.ts'
import { TaskAdopted, TaskCreated, TaskDeleted, TaskTimelineAdded, TaskUpdated } from './task.ts'

export const digestPattern = /^[0-9a-f]{64}$/

/** SHA-256 as 64 lower-case hexadecimal digits. */
export const Digest = z.string().regex(digestPattern, 'must be a SHA-256 in hex')
export type Digest = z.infer<typeof Digest>

/** Says that the data of an earlier record was replaced; `digest` is that of the new bytes. */
export const RecordRedacted = event(
  'record:redacted',
  z.object({ offset: z.int().nonnegative(), digest: Digest, pointer: z.string(), reason: z.string() }),
)

/** Everything that can happen. One event is one record: what changes together is never split. */
export const DomainEvent = z.discriminatedUnion('type', [
  ProjectCreated,
  ProjectUpdated,
  ProjectDeleted,
  ProjectAdopted,
  TaskCreated,
  TaskUpdated,
  TaskTimelineAdded,
  TaskDeleted,
  TaskAdopted,
  SubtaskCreated,
  SubtaskUpdated,
  SubtaskDeleted,
  SessionCreated,
  SessionSpawnRequested,
  SessionUpdated,
  SessionEventAdded,
  SessionTaskAdded,
  SessionTaskRemoved,
  SessionDeleted,
  SessionAdopted,
  RecordRedacted,
])
export type DomainEvent = z.infer<typeof DomainEvent>
export type EventType = DomainEvent['type']
export type EventOf<T extends EventType> = Extract<DomainEvent, { type: T }>
