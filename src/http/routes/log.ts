import { z } from 'zod'
import { allowing, cursorOf, type Position, ProjectId } from '../../../events/index.ts'
import type { Page } from '../../store/growing-page.ts'
import { lineFeed } from '../../store/line-fields.ts'
import { locate } from '../../store/locate.ts'
import { readPage, type Selection } from '../../store/log-pages.ts'
import { jsonType } from '../failure.ts'
import { positionTag } from '../headers.ts'
import { LogHead, LogPage, LogQuery, pageBytes } from '../log-schemas.ts'
import { movedWithin } from '../moved-within.ts'
import { type Input, none, type Operation, operation } from '../operation.ts'
import { found } from '../refusals.ts'
import type { DocumentReply, Reply } from '../reply.ts'
import { noId } from '../schemas.ts'
import { eventStream, eventsOf } from '../sse.ts'

const ndjson = 'application/x-ndjson'

const one = {
  method: 'get',
  tag: 'Log',
  params: z.object({ id: ProjectId }),
  missing: { id: 'PROJECT_NOT_FOUND' },
  body: none,
  versioned: true,
} as const

type LogInput = Input<typeof one.params, typeof LogQuery, typeof none>

export const logOperations: readonly Operation[] = [
  operation({
    ...one,
    path: '/api/projects/:id/log',
    name: 'readLog',
    summary:
      'Read the log of a project from a cursor on, also that of a deleted one: all records, or those of some types, or those ' +
      'that touch one entity. With `wait`, seconds, an answer without records comes only after that long.',
    query: LogQuery,
    answers: LogPage,
    forms: [
      { type: ndjson, summary: 'The lines as they are in the log. `Maestro-Next` is the cursor to go on from.' },
      {
        type: eventStream,
        summary:
          'Every record as a server-sent event, and then every new one. `id` is the cursor after it, `event` its type, `data` ' +
          'its line. `limit` and `wait` mean nothing here.',
      },
    ],
    resumes: 'from',
    gives: {
      'Maestro-Next': 'The cursor after the last record that was looked at.',
      'Maestro-Head': 'The offset after the last record of the log.',
      Link: 'The address of the next page, with `rel="next"`.',
    },
    refuses: ['OFFSET_AHEAD', 'HISTORY_DIVERGED', 'LOG_UNAVAILABLE'],
    run: async (input) => {
      const from = await locate(input.store, input.params.id, input.query.from)
      return input.form === eventStream ? streamFrom(from, input) : pageFrom(from, input)
    },
  }),
  operation({
    ...one,
    path: '/api/projects/:id/log/head',
    name: 'getLogHead',
    summary: 'Where the log of a project ends: the next offset, and hash and time of the last record',
    query: none,
    answers: LogHead,
    run: ({ store, params }) => {
      const { head, tip } = found(store.standingOf(params.id), 'PROJECT_NOT_FOUND')
      const at = tip.offset === 0 ? null : tip.at
      return {
        ...{ kind: 'document', type: jsonType, tag: positionTag(head) },
        body: async () => JSON.stringify({ head: head.offset, hash: head.hash, at }),
      }
    },
  }),
]

const streamFrom = (from: Position, { store, pause, system, params, query, dismissal }: LogInput): Reply => ({
  kind: 'stream',
  type: eventStream,
  // Proxies that gather what they pass on would hold events back.
  headers: ['X-Accel-Buffering', 'no'],
  pieces: () =>
    eventsOf({
      ...{ store, pause, from, projectId: params.id, selection: selectionOf(query), signal: dismissal() },
      stopwatch: () => system.uptime() * 1000,
    }),
})

const pageFrom = async (from: Position, input: LogInput): Promise<DocumentReply> => {
  const { store, params, query, form } = input
  const { page, head } = await firstPage(from, input)
  const end = store.positionOf(params.id).offset
  const address = addressOf(params.id, query, page.next)
  const about = ['Maestro-Next', cursorOf(page.next), 'Maestro-Head', String(end), 'Link', `<${address}>; rel="next"`]
  if (form === ndjson) {
    const body = async (): Promise<Buffer> => Buffer.concat(page.stretches)
    return { kind: 'document', type: ndjson, tag: `${positionTag(head)}-lines`, headers: about, body }
  }
  const names = { projectId: params.id, from: cursorOf(from), next: cursorOf(page.next), head: end }
  return { kind: 'document', type: form, tag: positionTag(head), headers: about, body: async () => jsonOf(names, page) }
}

/** A page, and where the log ended before it was read. */
interface Reading {
  readonly page: Page
  /** Names the page: one that shows more is only sent once more, one that showed less would be taken for all there is. */
  readonly head: Position
}

/** The next page; for a client that waits, the first one with anything in it. */
const firstPage = async (from: Position, input: LogInput): Promise<Reading> => {
  const { store, pause, system, params, query, dismissal } = input
  const read = async (position: Position): Promise<Reading> => {
    const head = store.positionOf(params.id)
    const limits = { records: query.limit, bytes: pageBytes }
    return { head, page: await readPage(store, params.id, position, selectionOf(query), limits) }
  }
  let reading = await read(from)
  if (query.wait === 0 || reading.page.count > 0) return reading
  const signal = dismissal()
  const until = system.uptime() + query.wait
  store.recent.follow()
  try {
    while (reading.page.count === 0 && system.uptime() < until && !signal.aborted) {
      const { next } = reading.page
      const ms = (until - system.uptime()) * 1000
      if (next.offset === store.positionOf(params.id).offset) {
        await movedWithin(store.moves, pause, { projectId: params.id, offset: next.offset, ms, signal })
      }
      reading = await read(next)
    }
    return reading
  } finally {
    store.recent.unfollow()
  }
}

const selectionOf = ({ type, entity }: LogQuery): Selection =>
  entity === noId ? { allows: () => false, entity: undefined } : { allows: allowing(type), entity }

/** The same question, from another cursor on. */
const addressOf = (projectId: ProjectId, { limit, type, entity, wait }: LogQuery, next: Position): string => {
  const query = new URLSearchParams({ from: cursorOf(next), limit: String(limit) })
  if (type !== undefined) query.set('type', type.join(','))
  if (entity !== undefined && entity !== noId) query.set('entity', entity)
  if (wait > 0) query.set('wait', String(wait))
  return `/api/projects/${projectId}/log?${query}`
}

/** Lines are JSON already: they only need commas in the places of their line feeds. */
const jsonOf = (names: object, { stretches }: Page): Buffer => {
  const lines = Buffer.concat(stretches)
  for (let at = lines.indexOf(lineFeed); at !== -1; at = lines.indexOf(lineFeed, at + 1)) lines[at] = comma
  const opening = Buffer.from(`${JSON.stringify(names).slice(0, -1)},"records":[`)
  return Buffer.concat([opening, lines.subarray(0, -1), Buffer.from(']}')])
}

const comma = 0x2c
