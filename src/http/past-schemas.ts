import { z } from 'zod'
import {
  Actor,
  Digest,
  Instant,
  Project,
  ProjectId,
  Session,
  SessionId,
  SessionStatus,
  Task,
  TaskId,
  TaskStatus,
} from '../../events/index.ts'
import { momentForm, parseMoment } from '../../projections/moment.ts'
import { CursorText, LongCursor, wholeNumber } from './log-schemas.ts'
import { filterId } from './schemas.ts'

/** How many entries of a history a page holds, if not told otherwise and at most. */
export const usualEntries = 100
export const mostEntries = 1000

/** The name of a moment: an offset, ms, or an ISO time. */
export const MomentText = z.string().transform((text, context) => {
  const moment = parseMoment(text)
  if (moment !== undefined) return moment
  context.addIssue({ code: 'custom', message: momentForm })
  return z.NEVER
})

export const AtQuery = z.object({ at: MomentText.optional() })
export const DiffQuery = z.object({ from: MomentText.optional(), to: MomentText.optional() })
export const HistoryQuery = z.object({
  from: CursorText.default('start'),
  limit: wholeNumber(1, mostEntries).default(usualEntries),
  projectId: filterId(ProjectId).optional(),
})
export type HistoryQuery = z.output<typeof HistoryQuery>

/** Right after the record at this offset. */
const point = { offset: z.int().nonnegative(), hash: Digest, at: Instant }

export const StateAnswer = z.object({
  projectId: ProjectId,
  ...point,
  stateHash: Digest,
  project: Project.nullable(),
  tasks: z.array(Task),
  sessions: z.array(Session),
})

/** A step of a JSON patch (RFC 6902). */
export const PatchStep = z.discriminatedUnion('op', [
  z.object({ op: z.literal('add'), path: z.string(), value: z.unknown() }),
  z.object({ op: z.literal('remove'), path: z.string() }),
  z.object({ op: z.literal('replace'), path: z.string(), value: z.unknown() }),
])

const deltaOf = <Kind extends string, Id extends z.ZodType, Entity extends z.ZodType>(
  kind: Kind,
  id: Id,
  entity: Entity,
) =>
  z.discriminatedUnion('change', [
    z.object({ kind: z.literal(kind), id, change: z.literal('created'), entity }),
    z.object({ kind: z.literal(kind), id, change: z.literal('changed'), patch: z.array(PatchStep) }),
    z.object({ kind: z.literal(kind), id, change: z.literal('deleted') }),
  ])

const ProjectDelta = deltaOf('project', ProjectId, Project)
const TaskDelta = deltaOf('task', TaskId, Task)
const SessionDelta = deltaOf('session', SessionId, Session)

export const DiffAnswer = z.object({
  projectId: ProjectId,
  from: z.object(point),
  to: z.object(point),
  changes: z.array(z.union([ProjectDelta, TaskDelta, SessionDelta])),
})

/** Who made which record, and when. */
const Mark = z.object({
  offset: z.int().nonnegative(),
  hash: Digest,
  at: Instant,
  actor: Actor,
  type: z.string(),
  redacted: z.literal(true).optional(),
})

const historyOf = <Id extends z.ZodType, Entry extends z.ZodType>(id: Id, entry: Entry) =>
  z.object({
    projectId: ProjectId,
    id,
    from: LongCursor,
    next: LongCursor,
    head: z.int().nonnegative(),
    entries: z.array(entry),
  })
export const TaskHistory = historyOf(TaskId, z.intersection(Mark, TaskDelta))
export const SessionHistory = historyOf(SessionId, z.intersection(Mark, SessionDelta))

const twoOffsets = z.tuple([z.int(), z.int()])

export const AuditAnswer = z.object({
  projectId: ProjectId,
  ...point,
  records: z.int(),
  from: Instant,
  to: Instant,
  counts: z.object({
    lifecycle: z.int(),
    unattended_task: z.int(),
    open_session: z.int(),
    blocked: z.int(),
    gap: z.int(),
    clock: z.int(),
  }),
  findings: z.array(
    z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('lifecycle'),
        taskId: TaskId,
        from: TaskStatus,
        to: TaskStatus,
        at: Instant,
        offsets: twoOffsets,
      }),
      z.object({ kind: z.literal('unattended_task'), taskId: TaskId, since: Instant, offsets: twoOffsets }),
      z.object({
        kind: z.literal('open_session'),
        sessionId: SessionId,
        status: SessionStatus,
        lastActivity: Instant,
        offsets: twoOffsets,
      }),
      z.object({
        kind: z.literal('blocked'),
        taskId: TaskId,
        ms: z.int(),
        offsets: z.union([twoOffsets, z.tuple([z.int()])]),
      }),
      z.object({ kind: z.literal('gap'), ms: z.int(), offsets: twoOffsets }),
      z.object({ kind: z.literal('clock'), ms: z.int(), offsets: twoOffsets }),
    ]),
  ),
})
