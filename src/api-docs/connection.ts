import type { JsonObject } from '../../events/index.ts'
import {
  closings,
  heartbeatEvery,
  maxBadMessages,
  maxBufferedBytes,
  maxMessageBytes,
  maxSubscriptions,
  maxTypes,
  pingEvery,
  stuckAfter,
  UrlSubscription,
} from '../ws/protocol.ts'
import type { SchemaBook } from './json-schema.ts'

/** What the URL and the headers of an upgrade may hold. */
export const handshake = (schemas: SchemaBook): JsonObject => {
  const { properties } = schemas.schema(UrlSubscription.partial(), 'input')
  return {
    method: 'GET',
    query: {
      type: 'object',
      description: 'A subscription from the first moment on; `types` are separated by commas.',
      properties: { ...(typeof properties === 'object' && properties), token: { type: 'string' } },
    },
    headers: { type: 'object', properties: { Authorization: { type: 'string', pattern: '^Bearer ' } } },
    bindingVersion: '0.1.0',
  }
}

/** The codes that connections end with, and what to do then. */
export const closeCodes = (): JsonObject[] => [
  { code: 1007, reason: '', meaning: 'A message was not UTF-8.' },
  { code: 1009, reason: '', meaning: `A message was longer than ${maxMessageBytes} bytes.` },
  ...Object.values({
    goingAway: { ...closings.goingAway, meaning: 'The server is ending. Connect again, and resume.' },
    internal: { ...closings.internal, meaning: 'The log could not be read.' },
    badMessage: { ...closings.badMessage, meaning: 'A binary message, or too many that are not understood.' },
    tokenInvalid: { ...closings.tokenInvalid, meaning: 'Do not come back with the same token.' },
    noPong: { ...closings.noPong, meaning: 'A ping of the WebSocket protocol was not answered in time.' },
    noProgress: { ...closings.noProgress, meaning: 'Nothing could be delivered. Connect again, and resume.' },
  } satisfies Record<keyof typeof closings, JsonObject>),
]

/** What a connection may do, and how soon things happen. */
export const limits: JsonObject = {
  maxMessageBytes,
  maxBadMessages,
  maxSubscriptions,
  maxTypes,
  maxBufferedBytes,
  pingEveryMs: pingEvery,
  stuckAfterMs: stuckAfter,
  heartbeatEveryMs: heartbeatEvery,
}
