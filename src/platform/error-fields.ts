import { inspect } from 'node:util'

/** An error as plain fields. Everything a person needs to find its origin, and nothing that JSON cannot hold. */
export interface ErrorFields {
  readonly type: string
  readonly message: string
  /** An AppError's or Node's code. */
  readonly code?: string
  readonly details?: unknown
  readonly stack?: string
  readonly cause?: ErrorFields
  /** The members of an AggregateError. */
  readonly errors?: readonly ErrorFields[]
}

/** Causes can form a cycle; real chains are a handful long. */
const deepest = 8

/** What was thrown, with its whole chain of causes: each keeps its own code, which one merged text would lose. */
export const errorFields = (thrown: unknown, depth = 0): ErrorFields => {
  if (typeof thrown === 'string') return { type: 'string', message: thrown }
  if (!(thrown instanceof Error)) return { type: typeof thrown, message: inspect(thrown) }
  const { name, message, stack, cause } = thrown
  return {
    type: name,
    message,
    ...('code' in thrown && { code: String(thrown.code) }),
    ...('details' in thrown && thrown.details !== undefined && { details: thrown.details }),
    ...(stack !== undefined && { stack }),
    ...(cause !== undefined && depth < deepest && { cause: errorFields(cause, depth + 1) }),
    ...(thrown instanceof AggregateError &&
      depth < deepest && { errors: thrown.errors.map((member) => errorFields(member, depth + 1)) }),
  }
}
