import { AppError } from '../../src/errors.ts'

/** The exit code of a command that found damage. */
export const damageFound = new AppError('PROJECT_QUARANTINED', '').exitCode

/** The exit code of a command that could not look at everything. */
export const notVerified = new AppError('LOG_UNAVAILABLE', '').exitCode
