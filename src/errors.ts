/**
 * Every way in which the server refuses or fails, in one table: the HTTP status it answers with, and the exit code of a
 * command that ends with it. Codes are part of the contract; several share a status.
 */
const table = {
  VALIDATION_ERROR: { status: 400, exit: 2 },
  PROJECT_HAS_DEPENDENCIES: { status: 400, exit: 1 },
  TASK_HAS_CHILDREN: { status: 400, exit: 1 },
  missing_project_id: { status: 400, exit: 2 },
  invalid_task_ids: { status: 400, exit: 2 },
  UNAUTHORIZED: { status: 401, exit: 1 },
  FORBIDDEN: { status: 403, exit: 1 },
  PROJECT_NOT_FOUND: { status: 404, exit: 4 },
  TASK_NOT_FOUND: { status: 404, exit: 4 },
  SESSION_NOT_FOUND: { status: 404, exit: 4 },
  SUBTASK_NOT_FOUND: { status: 404, exit: 4 },
  SKILL_NOT_FOUND: { status: 404, exit: 4 },
  NOT_FOUND: { status: 404, exit: 4 },
  task_not_found: { status: 404, exit: 4 },
  METHOD_NOT_ALLOWED: { status: 405, exit: 2 },
  SESSION_EXISTS: { status: 409, exit: 1 },
  INVALID_TRANSITION: { status: 409, exit: 1 },
  OFFSET_AHEAD: { status: 409, exit: 1 },
  HISTORY_DIVERGED: { status: 409, exit: 8 },
  VERSION_CONFLICT: { status: 412, exit: 1 },
  PAYLOAD_TOO_LARGE: { status: 413, exit: 1 },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, exit: 2 },
  IDEMPOTENCY_MISMATCH: { status: 422, exit: 1 },
  RATE_LIMITED: { status: 429, exit: 1 },
  spawn_error: { status: 500, exit: 1 },
  INTERNAL_ERROR: { status: 500, exit: 1 },
  LOG_UNAVAILABLE: { status: 503, exit: 1 },
  PROJECT_QUARANTINED: { status: 503, exit: 8 },
  INSUFFICIENT_STORAGE: { status: 507, exit: 1 },
  /** Start-up only: another process owns the data directory, or the port. */
  DATA_DIR_LOCKED: { status: 503, exit: 1 },
  PORT_IN_USE: { status: 503, exit: 1 },
  /** Clients only: nobody answered. */
  SERVER_UNREACHABLE: { status: 503, exit: 1 },
} as const satisfies Record<string, { status: number; exit: number }>

export type ErrorCode = keyof typeof table

/** Whether some text, such as the code in a server's answer, is one of the table. */
export const isErrorCode = (text: string): text is ErrorCode => Object.hasOwn(table, text)

/** The HTTP status that a code is answered with. */
export const statusOf = (code: ErrorCode): number => table[code].status

/** What a client may know beside the message, by name. */
export type ErrorDetails = Readonly<Record<string, unknown>> | ReadonlyArray<unknown>

/** The one family of errors. The message is for people and is shown to clients; a cause is only ever logged. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly details: ErrorDetails | undefined

  constructor(code: ErrorCode, message: string, options: { details?: ErrorDetails; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.code = code
    this.details = options.details
  }

  get status(): number {
    return statusOf(this.code)
  }

  get exitCode(): number {
    return table[this.code].exit
  }

  /** The body of an HTTP answer, as the contract has it. */
  toJSON(): { error: true; message: string; code: ErrorCode; details?: ErrorDetails } {
    return {
      error: true,
      message: this.message,
      code: this.code,
      ...(this.details === undefined ? {} : { details: this.details }),
    }
  }
}

/** Anything thrown, as a member of the family. What nobody foresaw keeps its message to the log. */
export const toAppError = (error: unknown): AppError =>
  error instanceof AppError ? error : new AppError('INTERNAL_ERROR', 'Internal server error', { cause: error })
