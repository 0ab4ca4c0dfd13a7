/** Everything that a client is made of and gives, wherever it runs. */
export type {
  Actor,
  Cursor,
  Digest,
  EventRecord,
  Position,
  Project,
  ProjectId,
  Session,
  SessionEvent,
  SessionId,
  SessionStatus,
  Subtask,
  SubtaskId,
  Task,
  TaskId,
  TaskStatus,
  TimelineEntry,
} from '../../events/index.ts'
export { type Change, childrenOf, listSessions, listTasks, type ProjectState } from '../../projections/index.ts'
export type { Frame, FrameType } from '../ws/plain-frames.ts'
export type { Backoff } from './backoff.ts'
export type { Client, ClientOptions, MirrorOptions } from './client.ts'
export { memoryCursors } from './cursors/memory.ts'
export type { CursorStorage } from './cursors/storage.ts'
export { type WebStorage, webStorageCursors } from './cursors/web-storage.ts'
export type {
  Connect,
  Environment,
  Fetch,
  FetchRequest,
  FetchResponse,
  Message,
  Socket,
  SocketAddress,
  SocketClosing,
  SocketEvents,
  Timer,
} from './environment.ts'
export { MaestroError, type MaestroErrorCode, type MaestroErrorOptions } from './error.ts'
export type { Mirror } from './mirror/mirror.ts'
export type { MirrorEvent, MirrorListener, MirrorStatus } from './mirror/status.ts'
export type { Call, ReadOptions, Write, WriteOptions } from './rest/call.ts'
export type {
  AtMoment,
  AuditReport,
  Deleted,
  Diff,
  Endpoints,
  Health,
  HistorySelection,
  LogHead,
  LogPage,
  LogSelection,
  Moment,
  SessionFilter,
  SessionHistory,
  Spawned,
  State,
  TaskFilter,
  TaskHistory,
  WebSocketStatus,
} from './rest/endpoints.ts'
export type { Retries } from './rest/persist.ts'
export { type Failure, type Receipt, type Result, type Success, unwrap } from './rest/result.ts'
export { connectWith, type StandardWebSocket, type WebSocketConstructor } from './socket.ts'
export type { ChannelLimits } from './stream/channel.ts'
export type { Cursors, EventItem, FollowItem, RecordItem, StatusItem } from './stream/items.ts'
export type { FollowOptions } from './stream/options.ts'
