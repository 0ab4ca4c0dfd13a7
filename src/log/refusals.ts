import type { ProjectId } from '../../events/index.ts'
import { AppError } from '../errors.ts'
import { systemErrorCode } from '../platform/system-error.ts'
import type { LogStatus } from './log.ts'

/** Why a log takes no writes at all. */
export const refusalByStatus = (
  projectId: ProjectId,
  status: Exclude<LogStatus, { kind: 'open' }>,
  cause?: unknown,
): AppError => {
  switch (status.kind) {
    case 'quarantined':
      return new AppError(
        'PROJECT_QUARANTINED',
        `The log of project ${projectId} is damaged at offset ${status.offset}: ${status.reason}. ` +
          `What is before it can be read; nothing can be written until it is repaired: maestro log repair ${projectId}`,
        { details: { offset: status.offset, reason: status.reason } },
      )
    case 'newer':
      return new AppError(
        'LOG_UNAVAILABLE',
        `The log of project ${projectId} needs a newer server from offset ${status.offset} on: ${status.reason}`,
        { details: { offset: status.offset, reason: status.reason } },
      )
    case 'failed':
      return new AppError(
        'LOG_UNAVAILABLE',
        `The log of project ${projectId} takes no writes until the server is restarted: ${status.reason}`,
        { cause },
      )
  }
}

const outOfSpace: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT'])

/** Whether an error says that the disk, or what one may use of it, is full. */
export const isOutOfSpace = (error: unknown): boolean => outOfSpace.has(systemErrorCode(error))

/** Why one append could not be carried out; the next one may be. */
export const refusalByError = (projectId: ProjectId, error: unknown): AppError =>
  isOutOfSpace(error)
    ? new AppError('INSUFFICIENT_STORAGE', 'There is no room on the disk; nothing was written', { cause: error })
    : new AppError(
        'LOG_UNAVAILABLE',
        `The log of project ${projectId} could not be written (${nameOf(error)}); nothing was changed`,
        { cause: error },
      )

/** What went wrong, in a word that tells nothing of paths. */
export const nameOf = (error: unknown): string => systemErrorCode(error) ?? 'for no known reason'
