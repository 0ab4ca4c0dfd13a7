import { z } from 'zod'
import { cursorOf, ProjectId, SessionId, TaskId } from '../../../events/index.ts'
import { Audit, compareStates, type Present } from '../../../projections/history.ts'
import { readHistory } from '../../store/entity-history.ts'
import type { Member } from '../../store/home.ts'
import { locate } from '../../store/locate.ts'
import type { Point } from '../../store/past.ts'
import { pastRefusals } from '../at.ts'
import { jsonType } from '../failure.ts'
import { positionTag } from '../headers.ts'
import { type Input, none, type Operation, operation } from '../operation.ts'
import {
  AtQuery,
  AuditAnswer,
  DiffAnswer,
  DiffQuery,
  HistoryQuery,
  SessionHistory,
  StateAnswer,
  TaskHistory,
} from '../past-schemas.ts'
import { type Making, makingOf, members } from '../pieces.ts'
import { found, notFound } from '../refusals.ts'
import type { DocumentReply } from '../reply.ts'
import { noId } from '../schemas.ts'

const ofProject = {
  method: 'get',
  tag: 'Log',
  params: z.object({ id: ProjectId }),
  missing: { id: 'PROJECT_NOT_FOUND' },
  body: none,
  versioned: true,
  refuses: pastRefusals,
} as const

const historyRefusals = ['PROJECT_NOT_FOUND', 'OFFSET_AHEAD', 'HISTORY_DIVERGED', ...pastRefusals] as const

export const historyOperations: readonly Operation[] = [
  operation({
    ...ofProject,
    path: '/api/projects/:id/state',
    name: 'getState',
    summary: 'All that was true in a project at a moment, right after a record; without one, all that is true now',
    query: AtQuery,
    answers: StateAnswer,
    run: async (input) => {
      const { past, params, query } = input
      const point = await past.find(params.id, query.at, 'at')
      const pieces = () => statePieces(point, makingOf(input))
      return { kind: 'stream', type: jsonType, tag: past.tagOf(point), pieces }
    },
  }),
  operation({
    ...ofProject,
    path: '/api/projects/:id/diff',
    name: 'getDiff',
    summary:
      'What turns the state of a project at one moment into that at another, which may be the earlier one: what is created, ' +
      'changed and deleted. From the first record, and to the last, if not told otherwise.',
    query: DiffQuery,
    answers: DiffAnswer,
    run: async (input) => {
      const { past, params, query } = input
      const from = await past.find(params.id, query.from ?? { kind: 'offset', offset: 0 }, 'from')
      const to = await past.find(params.id, query.to, 'to')
      const pieces = () => diffPieces(from, to, makingOf(input))
      return { kind: 'stream', type: jsonType, tag: `${past.tagOf(from)}-${past.tagOf(to)}`, pieces }
    },
  }),
  operation({
    ...ofProject,
    path: '/api/projects/:id/audit',
    name: 'auditProject',
    summary:
      'What deserves a look in the story of a project: steps that the state diagram does not have, work that nobody does, ' +
      'sessions that never ended, long blocks and gaps, clocks that were set. Each finding names the records that show it.',
    query: none,
    answers: AuditAnswer,
    run: async ({ store, past, params, departure }) => {
      const point = await past.find(params.id, undefined, 'at')
      const body = (): Promise<string> =>
        past.inTurn(async () => {
          const audit = new Audit()
          for await (const { record } of store.history.recordsFrom(params.id, 0, point.offset + 1)) audit.add(record)
          return JSON.stringify({ ...point, ...audit.report() })
        }, departure())
      return { kind: 'document', type: jsonType, tag: past.tagOf(point), body }
    },
  }),
  operation({
    ...ofProject,
    path: '/api/tasks/:id/history',
    name: 'getTaskHistory',
    summary:
      'Every record that touched a task, also one that is deleted: who made it, when, and what it did to the task',
    params: z.object({ id: TaskId }),
    missing: { id: 'TASK_NOT_FOUND' },
    query: HistoryQuery,
    answers: TaskHistory,
    refuses: historyRefusals,
    run: (input) => historyPage({ kind: 'task', id: input.params.id }, 'TASK_NOT_FOUND', input),
  }),
  operation({
    ...ofProject,
    path: '/api/sessions/:id/history',
    name: 'getSessionHistory',
    summary: 'Every record that touched a session, also one that is deleted: who made it, when, and what it did to it',
    params: z.object({ id: SessionId }),
    missing: { id: 'SESSION_NOT_FOUND' },
    query: HistoryQuery,
    answers: SessionHistory,
    refuses: historyRefusals,
    run: (input) => historyPage({ kind: 'session', id: input.params.id }, 'SESSION_NOT_FOUND', input),
  }),
]

/** The opening of an object whose last member is still to come. */
const openObject = (object: object, last: string): string => `${JSON.stringify(object).slice(0, -1)},"${last}":[`

async function* statePieces(point: Point, making: Making): AsyncGenerator<string> {
  const present = await making.past.present(point, making.signal)
  const stateHash = await making.past.stateHash(present, making.signal)
  const [project = null] = entitiesOf(present.project)
  yield openObject({ ...point, stateHash, project }, 'tasks')
  yield* members(entitiesOf(present.task), making)
  yield '],"sessions":['
  yield* members(entitiesOf(present.session), making)
  yield ']}'
}

function* entitiesOf(rows: Present['project'] | Present['task'] | Present['session']): Generator<object> {
  for (const [, { entity }] of rows.entries()) yield entity
}

async function* diffPieces(from: Point, to: Point, making: Making): AsyncGenerator<string> {
  const [before, after] = [await making.past.present(from, making.signal), await making.past.present(to, making.signal)]
  const [{ projectId, ...first }, { projectId: _, ...second }] = [from, to]
  yield openObject({ projectId, from: first, to: second }, 'changes')
  yield* members(compareStates(before, after), making)
  yield ']}'
}

const historyPage = async (
  member: Member,
  missing: 'TASK_NOT_FOUND' | 'SESSION_NOT_FOUND',
  {
    store,
    past,
    query,
    departure,
  }: Pick<Input<typeof none, typeof HistoryQuery, typeof none>, 'store' | 'past' | 'query' | 'departure'>,
): Promise<DocumentReply> => {
  if (query.projectId === noId) throw notFound('PROJECT_NOT_FOUND')
  const signal = departure()
  if (query.projectId !== undefined) found(store.stateOf(query.projectId), 'PROJECT_NOT_FOUND')
  const projectId = found(await past.homeOf(member, query.projectId, signal), missing)
  const from = await locate(store, projectId, query.from)
  const head = store.positionOf(projectId)
  const body = async (): Promise<string> => {
    const page = await past.inTurn(() => readHistory(store, projectId, member, from, query.limit), signal)
    const names = { projectId, id: member.id, from: cursorOf(from), next: cursorOf(page.next), head: head.offset }
    return `${openObject(names, 'entries')}${page.entries.join(',')}]}`
  }
  return { kind: 'document', type: jsonType, tag: positionTag(head), body }
}
