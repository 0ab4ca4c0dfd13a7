import type { ErrorCode } from '../errors.ts'

/** What each code says, in the order in which they are told. */
export const meanings: Readonly<Record<ErrorCode, string>> = {
  VALIDATION_ERROR:
    'Something is missing, malformed or not possible; `details` lists the path and the reason of each where it can be told.',
  PROJECT_HAS_DEPENDENCIES: 'The project still has tasks, or sessions.',
  TASK_HAS_CHILDREN: 'The task has children, and `cascade=true` was not given.',
  missing_project_id: '`projectId` is missing or no id.',
  invalid_task_ids: '`taskIds` is not an array of ids with at least one.',
  UNAUTHORIZED: 'The token is missing or wrong.',
  FORBIDDEN: 'The `Host` is not this machine, or the `Origin` is not allowed.',
  PROJECT_NOT_FOUND: 'There is no such project.',
  TASK_NOT_FOUND: 'There is no such task, or none that the request names.',
  SESSION_NOT_FOUND: 'There is no such session, or none that the request names.',
  SUBTASK_NOT_FOUND: 'The task has no such subtask.',
  SKILL_NOT_FOUND: 'There is no such skill.',
  NOT_FOUND: 'There is nothing here.',
  task_not_found: 'One of `taskIds` is no task of the project; `details` names it.',
  METHOD_NOT_ALLOWED: 'The path takes other methods; `Allow` names them.',
  SESSION_EXISTS: 'A session of this id exists, in this project or another.',
  INVALID_TRANSITION:
    'The lifecycle of the project does not allow this change of status; `details` has what it allows.',
  OFFSET_AHEAD: 'The log is shorter than the cursor: it was restored from an older copy.',
  HISTORY_DIVERGED: 'The cursor is of another history: the log was restored and has grown again.',
  VERSION_CONFLICT: 'The entity is not at a version that `If-Match` names; `details.current` is the one it is at.',
  PAYLOAD_TOO_LARGE: 'The body, or the record that it would make, is larger than 1 MiB.',
  UNSUPPORTED_MEDIA_TYPE: 'The body is not JSON in UTF-8, or is encoded in a way that is not known.',
  IDEMPOTENCY_MISMATCH: 'The `Idempotency-Key` was used for another request.',
  RATE_LIMITED: 'More changes are waiting for the disk than are taken on at once.',
  spawn_error: 'Nobody foresaw this; the log of the server says more.',
  INTERNAL_ERROR: 'Nobody foresaw this; the log of the server says more.',
  LOG_UNAVAILABLE: 'The log cannot be written or read at present.',
  PROJECT_QUARANTINED: 'The log of the project is damaged and takes no writes; reads go on.',
  INSUFFICIENT_STORAGE: 'The disk is full; nothing was written.',
  DATA_DIR_LOCKED: 'Another server has the data directory.',
  PORT_IN_USE: 'Another program has the port.',
  SERVER_UNREACHABLE: 'Nobody answered.',
}
