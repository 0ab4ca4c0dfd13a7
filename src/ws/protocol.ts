import { z } from 'zod'
import { Cursor, Digest, Instant, maxTypes, ProjectId, TypeFilter } from '../../events/index.ts'

/** Of frames in the view `entities`, of records in the view `records`. */
export { maxTypes, TypeFilter }

/** How a subscription shows records: as the plain frames that they make, or as the lines that they are. */
export const View = z.enum(['entities', 'records'])
export type View = z.infer<typeof View>

/** Stands for every project, those created later too. */
export const everyProject = '*'

/** How many projects a connection may follow one by one, and how many cursors a message may hold. `"*"` follows any number. */
export const maxSubscriptions = 1000

/** What a subscription may say beside the projects that it is for. */
const manner = {
  view: View.default('entities'),
  types: z.array(TypeFilter).min(1).max(maxTypes).optional(),
}

export const Ping = z.object({ type: z.literal('ping') })

/**
 * Wants what happens in a project, or with `"*"` in every project. A second one for a project takes the place of the first, and
 * one for `"*"` that of the first for `"*"`: it leaves alone the projects that have one of their own and that it does not name.
 * `from` is for the one project; `cursors` are for those of `"*"` that the client knows, `else` is for the others. Both default
 * to `"start"`, so that nothing is skipped. Projects created later are followed from their first record on.
 */
export const Subscribe = z.union([
  z.object({ type: z.literal('subscribe'), projectId: ProjectId, from: Cursor.default('start'), ...manner }),
  z.object({
    type: z.literal('subscribe'),
    projectId: z.literal(everyProject),
    cursors: z.record(ProjectId, Cursor).default({}),
    else: Cursor.default('start'),
    ...manner,
  }),
])
export type Subscribe = z.infer<typeof Subscribe>

/** Ends a subscription: that for a project, or with `"*"` every one. */
export const Unsubscribe = z.object({
  type: z.literal('unsubscribe'),
  projectId: z.union([z.literal(everyProject), ProjectId]),
})
export type Unsubscribe = z.infer<typeof Unsubscribe>

/** Everything a client may say. */
export const ClientMessage = z.union([Ping, Subscribe, Unsubscribe])
export type ClientMessage = z.infer<typeof ClientMessage>

/** A subscription in the URL of the upgrade; `types` are separated by commas there. */
export const UrlSubscription = z.object({
  projectId: z.union([z.literal(everyProject), ProjectId]),
  from: Cursor.default('start'),
  view: View.default('entities'),
  types: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(TypeFilter).min(1).max(maxTypes))
    .optional(),
})

/** Long forms of cursors, by project. */
const Cursors = z.record(ProjectId, z.string())

/** The server's answer to a `ping` message. `timestamp` is its time. */
export const Pong = z.object({ type: z.literal('pong'), timestamp: Instant })

/** A subscription is accepted: it starts at the cursor `from`, and the log ends before the offset `head`. */
export const Subscribed = z.object({
  type: z.literal('subscribed'),
  projectId: ProjectId,
  from: z.string(),
  head: z.int().nonnegative(),
})

/** Everything up to these cursors, of all projects subscribed to, is sent. */
export const CaughtUp = z.object({ type: z.literal('caught_up'), cursors: Cursors })

/** Says now and then that the server is there, and how far it is, also where a filter lets nothing through. */
export const Heartbeat = z.object({ type: z.literal('heartbeat'), cursors: Cursors })

/**
 * First line of a message with lines of a log: the offset of the first one, and the offset to go on from. With a filter there
 * may be fewer lines than offsets; without one, the lines are all of them.
 */
export const RecordsHeader = z.object({
  type: z.literal('records'),
  projectId: ProjectId,
  from: z.int().nonnegative(),
  next: z.int().nonnegative(),
})
export type RecordsHeader = z.infer<typeof RecordsHeader>

export const ErrorFrameCode = z.enum([
  /** A message that is not one of those that a client may send. */
  'BAD_MESSAGE',
  'PROJECT_NOT_FOUND',
  /** The log is shorter than the cursor: it was restored from an older copy. */
  'OFFSET_AHEAD',
  /** The cursor is of another history: the log was restored and has grown again. */
  'HISTORY_DIVERGED',
  /** The log is damaged, or of a newer server: everything before that is sent, and nothing more will come. */
  'PROJECT_QUARANTINED',
  /** More than one connection may have. */
  'LIMIT',
])
export type ErrorFrameCode = z.infer<typeof ErrorFrameCode>

/** Says what was wrong. With a project, it is not subscribed to any more. */
export const ErrorFrame = z.object({
  type: z.literal('error'),
  code: ErrorFrameCode,
  message: z.string(),
  projectId: ProjectId.optional(),
})

/** Everything about the connection and its subscriptions that the server says, beside what happens in projects. */
export const ServerMessage = z.discriminatedUnion('type', [Pong, Subscribed, CaughtUp, Heartbeat, ErrorFrame])
export type ServerMessage = z.infer<typeof ServerMessage>

/** What every plain frame says around its `data`: the type of which depends on the type of the frame. */
export const PlainFrame = z.object({
  type: z.string(),
  /** The same as `type`. */
  event: z.string(),
  data: z.unknown(),
  /** Time of the event. */
  timestamp: Instant,
  projectId: ProjectId,
  /** Place of the event in the log of its project. */
  offset: z.int().nonnegative(),
  /** Hash of the record of the event: with `offset + 1` it makes the cursor after it. */
  hash: Digest,
  /** The how manieth frame of this event this is, from 1 on, if there are several; and how many there are, after the filter. */
  part: z.int().positive().optional(),
  parts: z.int().positive().optional(),
})
export type PlainFrame = z.infer<typeof PlainFrame>

/** Why the server ends a connection: the code on the wire, and its reason. 1007 and 1009 are the WebSocket library's. */
export const closings = {
  /** The server is going away; connect again. */
  goingAway: { code: 1001, reason: 'server is going away' },
  /** The log could not be read. */
  internal: { code: 1011, reason: 'internal error' },
  badMessage: { code: 4400, reason: 'bad message' },
  /** Reserved: a token is valid as long as this server runs. Clients must not come back with the same one. */
  tokenInvalid: { code: 4401, reason: 'token no longer valid' },
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
/** A subscriber hears from the server at least this often, ms. */
export const heartbeatEvery = 15_000
