import type { ProjectId } from '../../events/index.ts'
import type { ErrorCode } from '../errors.ts'
import type { ErrorFrameCode } from '../ws/protocol.ts'

/**
 * What can go wrong: whatever a server answers, and what only a client sees. `SERVER_UNREACHABLE` is one of the first kind:
 * nobody answered, so whether a write was carried out is not known.
 */
export type MaestroErrorCode =
  | ErrorCode
  | ErrorFrameCode
  /** The caller's signal ended it. */
  | 'ABORTED'
  /** What answered is not a Maestro server, or one that this client does not understand. */
  | 'BAD_ANSWER'
  /** A stream broke what the protocol promises: a record is missing, or its seals do not fit. */
  | 'BAD_STREAM'
  /** A record of a format that only newer clients know. */
  | 'NEWER_RECORD'

export interface MaestroErrorOptions {
  /** The HTTP status of the answer, where there was one. */
  readonly status?: number | undefined
  /** As the server gives them: by code. */
  readonly details?: unknown
  /** The project it is about, where a stream says so. */
  readonly projectId?: ProjectId | undefined
  /** The `Idempotency-Key` of a write. With the same key it can be asked for again, and is not done twice. */
  readonly key?: string | undefined
  readonly cause?: unknown
}

/** Everything that can go wrong, as one value: calls answer it, what cannot go on throws it. */
export class MaestroError extends Error {
  override readonly name = 'MaestroError'
  readonly code: MaestroErrorCode
  readonly status: number | undefined
  readonly details: unknown
  readonly projectId: ProjectId | undefined
  readonly key: string | undefined

  constructor(code: MaestroErrorCode, message: string, options: MaestroErrorOptions = {}) {
    super(message, { cause: options.cause })
    this.code = code
    this.status = options.status
    this.details = options.details
    this.projectId = options.projectId
    this.key = options.key
  }
}
