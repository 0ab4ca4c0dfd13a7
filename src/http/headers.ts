import type { IncomingHttpHeaders } from 'node:http'
import { z } from 'zod'
import {
  type Actor,
  canonical,
  IdempotencyKey,
  idPattern,
  type Position,
  type RequestMark,
  type Sha256,
} from '../../events/index.ts'
import { AppError } from '../errors.ts'
import { validationError } from './refusals.ts'

/** Who makes a change: a session, or a person or program by name, or just whoever uses this machine. */
export const actorOf = (headers: IncomingHttpHeaders): Actor => {
  const session = headers['maestro-session']
  if (session !== undefined) return { kind: 'session', id: readHeader('Maestro-Session', ActorId, session) }
  const actor = headers['maestro-actor']
  if (actor !== undefined) return { kind: 'user', id: readHeader('Maestro-Actor', ActorId, actor) }
  return { kind: 'user' }
}

const ActorId = z.string().regex(idPattern, `must match ${idPattern.source}`)

/** The mark of an idempotent request: its key, and what makes a repeat the same request. */
export const markOf = (
  headers: IncomingHttpHeaders,
  method: string,
  url: string,
  body: object,
  sha256: Sha256,
): RequestMark | undefined => {
  const given = headers['idempotency-key']
  if (given === undefined) return undefined
  const key = readHeader('Idempotency-Key', IdempotencyKey, given)
  return { key, digest: sha256(`${method} ${url}\n${canonical(body)}`) }
}

const readHeader = <T>(name: string, schema: z.ZodType<T>, value: unknown): T => {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw validationError(parsed.error.issues.map((issue) => ({ ...issue, path: [name] })))
}

export const entityTag = (version: number): string => `"${version}"`

/** What an answer depends on that shows a log up to its end. */
export const positionTag = ({ offset, hash }: Position): string => `${offset}-${hash.slice(0, 16)}`

const entityTags = /^\s*(?:(?:W\/)?"[\x21\x23-\x7e]*"\s*(?:,\s*|$))+$/

/**
 * The versions that `If-Match` allows; undefined when any will do. Weak tags never match: the comparison is the strong one
 * of RFC 9110, section 13.1.1.
 */
export const ifMatchOf = (headers: IncomingHttpHeaders): readonly number[] | undefined => {
  const header = headers['if-match']
  if (header === undefined || header.trim() === '*') return undefined
  if (!entityTags.test(header)) {
    throw new AppError('VALIDATION_ERROR', 'If-Match: must be * or a list of entity tags such as "12"')
  }
  return [...header.matchAll(/(W\/)?"(0|[1-9]\d{0,14})"/g)]
    .filter(([, weak]) => weak === undefined)
    .map(([, , n]) => Number(n))
}

/** Whether the client already has what this entity tag names. The weak comparison of RFC 9110, section 13.1.2. */
export const ifNoneMatchHas = (headers: IncomingHttpHeaders, tag: string): boolean => {
  const header = headers['if-none-match']
  if (header === undefined) return false
  return header.trim() === '*' || header.split(',').some((given) => given.trim().replace(/^W\//, '') === tag)
}

/** Whether a write should be answered by its headers alone (RFC 7240). */
export const prefersMinimal = (headers: IncomingHttpHeaders): boolean => {
  const { prefer } = headers
  if (prefer === undefined) return false
  const text = Array.isArray(prefer) ? prefer.join(',') : prefer
  return /(?:^|,)\s*return\s*=\s*"?minimal"?\s*(?:[;,]|$)/i.test(text)
}

/** How many ignored fields are named, and how long the list may get. */
const fieldsNamed = 20
const namesLength = 2000

/** The fields of a body that its schema does not know, as the value of a header; undefined when there are none. */
export const ignoredFields = (body: object, known: z.ZodObject): string | undefined => {
  let list: string | undefined
  for (const name of Object.keys(body)
    .filter((key) => !Object.hasOwn(known.shape, key))
    .slice(0, fieldsNamed)) {
    const next =
      list === undefined
        ? encodeURIComponent(name.toWellFormed())
        : `${list}, ${encodeURIComponent(name.toWellFormed())}`
    if (next.length > namesLength) break
    list = next
  }
  return list
}
