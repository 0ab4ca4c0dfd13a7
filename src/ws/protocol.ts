import { z } from 'zod'

/** Everything a client may say. */
export const ClientMessage = z.discriminatedUnion('type', [z.object({ type: z.literal('ping') })])
export type ClientMessage = z.infer<typeof ClientMessage>

/** The server's answer to a `ping` message. `timestamp` is its time, ms since the epoch. */
export const Pong = z.object({ type: z.literal('pong'), timestamp: z.int() })

/** Says what was wrong with a message. */
export const ErrorFrame = z.object({ type: z.literal('error'), code: z.enum(['BAD_MESSAGE']), message: z.string() })

/** Everything about the connection that the server says, beside the frames of changes. */
export const ServerMessage = z.discriminatedUnion('type', [Pong, ErrorFrame])
export type ServerMessage = z.infer<typeof ServerMessage>

/** Why the server ends a connection: the code on the wire, and its reason. 1007 and 1009 are the WebSocket library's. */
export const closings = {
  /** The server is going away; connect again. */
  goingAway: { code: 1001, reason: 'server is going away' },
  /** The log could not be read. */
  internal: { code: 1011, reason: 'internal error' },
  badMessage: { code: 4400, reason: 'bad message' },
  noPong: { code: 4408, reason: 'no pong' },
  noProgress: { code: 4413, reason: 'no progress' },
} as const
export type Closing = (typeof closings)[keyof typeof closings]

/** The longest message that a client may send, bytes. */
export const maxMessageBytes = 64 * 1024
/** This many bad messages end a connection. */
export const maxBadMessages = 10
/** How much may wait in a socket's buffer, bytes; one larger frame excepted. */
export const maxBufferedBytes = 1024 * 1024
/** A ping goes out this long after the last, ms, and this long is waited for its pong. */
export const pingEvery = 30_000
/** A client to which nothing could be delivered for so long is let go, ms. */
export const stuckAfter = 60_000
