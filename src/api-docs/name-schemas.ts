import type { z } from 'zod'
import {
  Actor,
  Cursor,
  Digest,
  Environment,
  Instant,
  Json,
  JsonObject,
  Lifecycle,
  Priority,
  Project,
  ProjectId,
  RecordId,
  Session,
  SessionEvent,
  SessionStatus,
  Subtask,
  Task,
  TaskStatus,
  TimelineEntry,
  TimelineType,
} from '../../events/index.ts'
import { LogHead, LogPage, LogRecord, LongCursor } from '../http/log-schemas.ts'
import {
  AuditAnswer,
  DiffAnswer,
  MomentText,
  PatchStep,
  SessionHistory,
  StateAnswer,
  TaskHistory,
} from '../http/past-schemas.ts'
import { Deleted } from '../http/schemas.ts'
import { Skill, SkillDetail } from '../skills/skill.ts'
import { RecordsHeader, TypeFilter, View } from '../ws/protocol.ts'
import { exampleCursor, exampleDigest, exampleTask } from './examples.ts'
import type { Names } from './names.ts'

/** Names what clients get to see again and again, so that each document says it once. */
export const nameSchemas = (names: Names): void => {
  const name = (schema: z.ZodType, id: string, description: string, example?: unknown): void => {
    names.add(schema, { id, description, ...(example !== undefined && { examples: [example] }) })
  }
  name(Project, 'Project', 'Something that people work on. Its log has everything that happens in it.')
  name(Task, 'Task', 'A unit of work. `startedAt` and `completedAt` are set the first time and never cleared.')
  name(TimelineEntry, 'TimelineEntry', 'One line of what happened to a task.')
  name(Subtask, 'Subtask', 'A checklist item inside a task.')
  name(Session, 'Session', 'An agent at work, or one that was.')
  name(SessionEvent, 'SessionEvent', 'Something that a session reported.')
  name(Skill, 'Skill', 'Something that agents may be given.')
  name(SkillDetail, 'SkillDetail', 'A skill with the whole text of its `SKILL.md`, or null for one that has none.')
  name(Deleted, 'Deleted', 'What was deleted.')
  name(LogRecord, 'LogRecord', 'A change as the log has it: what happened, when, by whom, and the seals of the chain.')
  name(
    LogPage,
    'LogPage',
    'A part of a log. `next` is the cursor to go on from, `head` the offset after the last record.',
  )
  name(LogHead, 'LogHead', 'Where a log ends: the next offset, and hash and time of the last record.')
  name(
    MomentText,
    'Moment',
    'A place in the past of a project: the offset of the last record included, milliseconds since the epoch, or an ISO time.',
    '2026-01-31T12:00:00Z',
  )
  name(StateAnswer, 'State', 'All that was true right after a record. Whoever folds the same log finds the same hash.')
  name(DiffAnswer, 'Diff', 'What turns one state into another, entity by entity.')
  name(PatchStep, 'PatchStep', 'A step of a JSON patch (RFC 6902).')
  name(TaskHistory, 'TaskHistory', 'Every record that touched a task, and what it did to it.')
  name(SessionHistory, 'SessionHistory', 'Every record that touched a session, and what it did to it.')
  name(AuditAnswer, 'Audit', 'What deserves a look in the story of a project. `offsets` name the records that show it.')

  // All ids are of one form, and to JSON Schema of one type.
  name(
    ProjectId,
    'Id',
    'Names a project, a task, a subtask, a session or an entry. Made by the server, unless a client chose it.',
    exampleTask,
  )
  name(RecordId, 'RecordId', 'A ULID in upper case.', '01HNGYV0G03K9M2N5P7Q8R1S4T')
  name(Instant, 'Instant', 'Milliseconds since the epoch.', 1_706_790_000_000)
  name(Digest, 'Digest', 'A SHA-256 in hex.', exampleDigest)
  name(
    Cursor,
    'Cursor',
    'The offset of the next record wanted, `start`, `now`, or `<offset>:<hash of the record before it>`.',
    exampleCursor,
  )
  name(
    LongCursor,
    'LongCursor',
    'A cursor with the hash of the record before it, which tells one history from another.',
    exampleCursor,
  )
  name(Actor, 'Actor', 'Who made a change.')
  name(Environment, 'Environment', 'Variables of the environment.')
  name(Json, 'Json', 'Any JSON value, at most 64 levels deep.')
  name(JsonObject, 'JsonObject', 'Any JSON object, at most 64 levels deep.')

  name(
    Lifecycle,
    'Lifecycle',
    '`open`: any status may follow any other. `strict`: only the arrows of the state diagram.',
  )
  name(TaskStatus, 'TaskStatus', 'How far a task is.')
  name(Priority, 'Priority', 'How much a task matters.')
  name(SessionStatus, 'SessionStatus', 'How a session is. It is active until it is completed or failed.')
  name(TimelineType, 'TimelineType', 'What kind of thing happened to a task.')

  name(View, 'View', 'As plain frames, or as the lines of the log.')
  name(TypeFilter, 'TypeFilter', 'A type such as `task:updated`, or `task:*` for all of a kind.')
  name(
    RecordsHeader,
    'RecordsHeader',
    'The first line of a message with lines of a log: the offset of the first, and the one to go on from.',
  )
}
