import type { z } from 'zod'
import { AppError } from '../errors.ts'

export type Issues = readonly z.core.$ZodIssue[]

const notFoundMessages = {
  PROJECT_NOT_FOUND: 'Project not found',
  TASK_NOT_FOUND: 'Task not found',
  SUBTASK_NOT_FOUND: 'Subtask not found',
  SESSION_NOT_FOUND: 'Session not found',
  NOT_FOUND: 'Not found',
} as const
export type NotFound = keyof typeof notFoundMessages

export const notFound = (code: NotFound): AppError => new AppError(code, notFoundMessages[code])

/** What was found, or the refusal that says what was not. */
export const found = <T>(value: T | undefined, code: NotFound): T => {
  if (value === undefined) throw notFound(code)
  return value
}

/** How many of the things that are wrong are told. */
const detailsTold = 50
/** How much of a path is told: keys in it may be of any length, characters. */
const pathTold = 200

/** The first thing that is wrong as the message; each with its path and reason as details. */
export const validationError = (issues: Issues): AppError => {
  const details = issues.slice(0, detailsTold).map((issue) => ({ path: pathOf(issue), reason: reasonOf(issue) }))
  const [first] = details
  return new AppError('VALIDATION_ERROR', first === undefined ? 'Invalid request' : messageOf(first), { details })
}

const pathOf = ({ path }: Issues[number]): string => {
  const whole = path.join('.')
  return whole.length > pathTold ? `${whole.slice(0, pathTold)}…` : whole
}

const messageOf = ({ path, reason }: { path: string; reason: string }): string =>
  reason === required ? `${path} is required` : path === '' ? reason : `${path}: ${reason}`

/** The reason given for what is not there, or only white space where text is needed. */
export const required = 'is required'

const reasonOf = (issue: Issues[number]): string =>
  issue.code === 'invalid_type' && issue.input === undefined ? required : issue.message
