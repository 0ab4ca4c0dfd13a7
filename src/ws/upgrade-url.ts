import type { z } from 'zod'
import { AppError } from '../errors.ts'
import { problemsIn } from './client-messages.ts'
import { everyProject, Subscribe, UrlSubscription } from './protocol.ts'

/** Parameters that mean nothing without a project. */
const ofSubscription = ['from', 'view', 'types']

/** The token in the URL of an upgrade. */
export const tokenIn = (url: string | undefined): string | undefined => queryOf(url).get('token') ?? undefined

/**
 * The subscription in the URL of an upgrade, undefined for a plain listener. Parameters that it does not know are none of
 * its business; VALIDATION_ERROR names what is wrong with those that it does.
 */
export const subscriptionIn = (url: string | undefined): Subscribe | AppError | undefined => {
  const query = queryOf(url)
  const given = [...ofSubscription, 'projectId'].filter((name) => query.has(name))
  if (given.length === 0) return undefined
  const parsed = UrlSubscription.safeParse(Object.fromEntries(given.map((name) => [name, query.get(name)])))
  if (!parsed.success) return refusal(parsed.error.issues)
  const { projectId, from, ...manner } = parsed.data
  const places = projectId === everyProject ? { cursors: {}, else: from } : { from }
  return Subscribe.parse({ type: 'subscribe', projectId, ...places, ...manner })
}

const queryOf = (url = ''): URLSearchParams => new URLSearchParams(url.split('?', 2)[1])

const refusal = (issues: readonly z.core.$ZodIssue[]): AppError => {
  const details = issues.map(({ path, message }) => ({ path: path.join('.'), reason: message }))
  return new AppError('VALIDATION_ERROR', problemsIn(issues), { details })
}
