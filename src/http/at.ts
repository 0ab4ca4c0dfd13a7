import type { ProjectId, Task, TaskId } from '../../events/index.ts'
import type { Moment } from '../../projections/history.ts'
import { listChildren, type ProjectState, type Row } from '../../projections/index.ts'
import type { ErrorCode } from '../errors.ts'
import type { Member } from '../store/home.ts'
import { jsonType } from './failure.ts'
import { type Asking, makingOf, members } from './pieces.ts'
import { found, required, validationError } from './refusals.ts'
import type { DocumentReply, StreamReply } from './reply.ts'

/** What a look at the past is refused with, beside what is not there. */
export const pastRefusals: readonly ErrorCode[] = ['LOG_UNAVAILABLE', 'RATE_LIMITED']

/** A task or a session as it was at a moment, also one that is deleted since. */
export const entityAt = async (
  member: Member,
  moment: Moment,
  { past, departure }: Pick<Asking, 'past' | 'departure'>,
): Promise<DocumentReply> => {
  const missing = member.kind === 'task' ? 'TASK_NOT_FOUND' : 'SESSION_NOT_FOUND'
  const signal = departure()
  const projectId = found(await past.homeOf(member, undefined, signal), missing)
  const point = await past.find(projectId, moment, 'at')
  const body = async (): Promise<string> => JSON.stringify(found(await past.entityAt(point, member, signal), missing))
  return { kind: 'document', type: jsonType, tag: past.tagOf(point), body }
}

/** A list of what was there at a moment. Throws VALIDATION_ERROR without a project: each has a past of its own. */
export const listAt = async (
  projectId: ProjectId | undefined,
  moment: Moment,
  list: (state: ProjectState) => readonly Row<object>[],
  asking: Asking,
): Promise<StreamReply> => {
  if (projectId === undefined) {
    throw validationError([{ code: 'custom', path: ['projectId'], message: required, input: undefined }])
  }
  const { past } = asking
  const point = await past.find(projectId, moment, 'at')
  return {
    ...{ kind: 'stream', type: jsonType, tag: past.tagOf(point) },
    async *pieces() {
      const making = makingOf(asking)
      const rows = await past.ask(point, list, making.signal)
      yield '['
      yield* members(entitiesIn(rows), making)
      yield ']'
    },
  }
}

/** The children that a task had at a moment, also of one that is deleted since. */
export const childrenAt = async (id: TaskId, moment: Moment, asking: Asking): Promise<StreamReply> => {
  const projectId = await asking.past.homeOf({ kind: 'task', id }, undefined, asking.departure())
  const children = (state: ProjectState): Row<Task>[] => {
    found(state.task.get(id), 'TASK_NOT_FOUND')
    return listChildren(state, id)
  }
  return listAt(found(projectId, 'TASK_NOT_FOUND'), moment, children, asking)
}

function* entitiesIn(rows: readonly Row<object>[]): Generator<object> {
  for (const { entity } of rows) yield entity
}
