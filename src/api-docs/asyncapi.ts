import type { JsonObject } from '../../events/index.ts'
import { closeCodes, handshake, limits } from './connection.ts'
import { SchemaBook } from './json-schema.ts'
import { messageComponents, plainMessageNames } from './messages.ts'

export interface AsyncApiOptions {
  /** The version of the server. */
  readonly version: string
}

const description = `
One connection, at any path. Who says nothing gets the plain frames of every live change in every project. After its first
subscription a connection gets only what it subscribed to: from its cursor to the head of the log and on with what is new, as one
sequence without a gap. The offset of a plain frame plus one, and its hash, make the cursor after it; of several frames of one event,
which \`part\` and \`parts\` number, those of the last.
`.trim()

/** The AsyncAPI 3 document of the WebSocket side of the server. */
export const asyncApi = ({ version }: AsyncApiOptions): JsonObject => {
  // AsyncAPI's own kind of schema is a superset of draft 7.
  const schemas = new SchemaBook('draft-07')
  const messages = messageComponents(schemas)
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Maestro Server',
      version,
      description: 'Every change as it happens, and all since any offset. REST is described at `/openapi.json`.',
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    servers: {
      local: {
        host: '127.0.0.1:3000',
        protocol: 'ws',
        description: 'Where a server listens unless told otherwise. A token is needed only where it has one.',
        security: [{ $ref: '#/components/securitySchemes/token' }],
      },
    },
    channels: {
      connection: {
        address: '/',
        title: 'A WebSocket connection',
        description,
        messages: Object.fromEntries(
          Object.keys(messages).map((name) => [name, { $ref: `#/components/messages/${name}` }]),
        ),
        bindings: { ws: handshake(schemas) },
        'x-close-codes': closeCodes(),
        'x-limits': limits,
      },
    },
    operations,
    components: {
      messages,
      schemas: schemas.components,
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: '`Authorization: Bearer <token>` at the upgrade, or `?token=<token>` from a browser.',
        },
      },
    },
  }
}

const channel = { $ref: '#/channels/connection' }
const messagesNamed = (...names: string[]): JsonObject[] =>
  names.map((name) => ({ $ref: `#/channels/connection/messages/${name}` }))

/** What the server does: it receives what clients say, and sends what they hear. */
const operations: JsonObject = {
  answerPing: {
    action: 'receive',
    channel,
    summary: 'A client asks whether the server is there.',
    messages: messagesNamed('ping'),
    reply: { channel, messages: messagesNamed('pong') },
  },
  takeSubscription: {
    action: 'receive',
    channel,
    summary: 'A client says what it wants to follow, or no longer.',
    messages: messagesNamed('subscribe', 'unsubscribe'),
    reply: { channel, messages: messagesNamed('subscribed', 'error') },
  },
  tellChanges: {
    action: 'send',
    channel,
    summary: 'What happens in projects as plain frames, in the order of each log.',
    messages: messagesNamed(...plainMessageNames()),
  },
  tellRecords: {
    action: 'send',
    channel,
    summary: 'What happens in projects as the lines of the log.',
    messages: messagesNamed('records'),
  },
  tellProgress: {
    action: 'send',
    channel,
    summary: 'How far the connection is, and what goes wrong.',
    messages: messagesNamed('caught_up', 'heartbeat', 'error'),
  },
}
