import type { z } from 'zod'
import type { JsonObject } from '../../events/index.ts'
import { LogRecord } from '../http/log-schemas.ts'
import { Frame } from '../ws/plain-frames.ts'
import {
  CaughtUp,
  ErrorFrame,
  Heartbeat,
  Ping,
  Pong,
  RecordsHeader,
  Subscribe,
  Subscribed,
  Unsubscribe,
} from '../ws/protocol.ts'
import { exampleCursor, exampleProject } from './examples.ts'
import type { Direction, SchemaBook } from './json-schema.ts'

interface Message {
  readonly schema: z.ZodType
  readonly summary: string
  readonly example: JsonObject
}

const projectId = exampleProject
const cursor = exampleCursor

const fromClients: Readonly<Record<string, Message>> = {
  ping: { schema: Ping, summary: 'Asks whether the server is there.', example: { type: 'ping' } },
  subscribe: {
    schema: Subscribe,
    summary:
      'Wants what happens in a project, or with `*` in every project, those created later too. A second one for a project takes the place of the first.',
    example: { type: 'subscribe', projectId, from: cursor, view: 'entities', types: ['task:*'] },
  },
  unsubscribe: {
    schema: Unsubscribe,
    summary: 'Ends the subscription of a project, or with `*` every one.',
    example: { type: 'unsubscribe', projectId },
  },
}

const fromServer: Readonly<Record<string, Message>> = {
  pong: { schema: Pong, summary: 'Answers a ping.', example: { type: 'pong', timestamp: 1_706_790_000_000 } },
  subscribed: {
    schema: Subscribed,
    summary: 'A subscription is accepted: it starts at the cursor `from`, and the log ends before the offset `head`.',
    example: { type: 'subscribed', projectId, from: cursor, head: 135 },
  },
  caught_up: {
    schema: CaughtUp,
    summary: 'Everything up to these cursors, of all projects subscribed to, is sent.',
    example: { type: 'caught_up', cursors: { [projectId]: cursor } },
  },
  heartbeat: {
    schema: Heartbeat,
    summary: 'The server is there, and so far is it, also where a filter lets nothing through.',
    example: { type: 'heartbeat', cursors: { [projectId]: cursor } },
  },
  error: {
    schema: ErrorFrame,
    summary: 'Says what was wrong. If it names a project, that one is not subscribed to any more.',
    example: { type: 'error', code: 'OFFSET_AHEAD', message: 'The log ends before the cursor.', projectId },
  },
}

const plainFrames = Frame.options.map((schema) => ({ type: schema.shape.type.value, schema }))

/** Everything that is said on a connection, by name. */
export const messageComponents = (schemas: SchemaBook): JsonObject => ({
  ...messagesOf(fromClients, 'input', schemas),
  ...messagesOf(fromServer, 'output', schemas),
  ...plainMessages(schemas),
  records: recordsMessage(schemas),
})

/** The names of the messages that tell what happens in projects as plain frames. */
export const plainMessageNames = (): string[] => plainFrames.map(({ type }) => messageName(type))

/** The keys of a document may hold no colon. */
const messageName = (type: string): string => type.replace(':', '.')

const messagesOf = (messages: Readonly<Record<string, Message>>, io: Direction, schemas: SchemaBook): JsonObject =>
  Object.fromEntries(
    Object.entries(messages).map(([name, { schema, summary, example }]) => [
      name,
      { name, summary, payload: schemas.schema(schema, io), examples: [{ payload: example }] },
    ]),
  )

const plainMessages = (schemas: SchemaBook): JsonObject =>
  Object.fromEntries(
    plainFrames.map(({ type, schema }) => [
      messageName(type),
      { name: type, summary: `Tells of \`${type}\`, as a plain frame.`, payload: schemas.schema(schema, 'output') },
    ]),
  )

const recordsMessage = (schemas: SchemaBook): JsonObject => ({
  name: 'records',
  summary: 'Lines of a log, in order, byte for byte as they are on disk.',
  description:
    'The first line is `x-first-line` as JSON. After it come the lines of the log, each `x-line` as JSON after a line feed. docs/LOG_FORMAT.md says what seals them.',
  contentType: 'text/plain',
  payload: { type: 'string' },
  'x-first-line': schemas.schema(RecordsHeader, 'output'),
  'x-line': schemas.schema(LogRecord, 'output'),
})
