import { z } from 'zod'
import { Digest, Project } from '../../../events/index.ts'
import { AppError, isErrorCode } from '../../../src/errors.ts'
import { exchange, type Incoming, type Outgoing } from './exchange.ts'
import type { WriteRequest } from './request.ts'

/** What the server says of a write that it has carried out. */
export interface Receipt {
  /** Of the record that the answer rests on. */
  readonly offset: number
  readonly hash: Digest
  /** Whether it had been carried out before, under the same key. */
  readonly replayed: boolean
  /** The id of what was created. */
  readonly id?: string
}

/** Carries out a write under an Idempotency-Key. Throws AppError: the server's own, or SERVER_UNREACHABLE. */
export type Send = (request: WriteRequest, key: string) => Promise<Receipt>

export interface Api {
  readonly send: Send
  /** Throws PROJECT_NOT_FOUND. */
  readonly project: (id: string) => Promise<Project>
  /** How many records the log of a project holds. */
  readonly recordsOf: (project: Project) => Promise<number>
}

export interface ApiOptions {
  /** Where the server is. Asked before every request, because a server may come back elsewhere. */
  readonly url: () => string
  readonly token?: string | undefined
}

/** The REST API, as far as a loader needs it. */
export const createApi = ({ url, token }: ApiOptions): Api => {
  const call = async (method: string, path: string, { body, key }: Sent = {}): Promise<Incoming> => {
    const base = url()
    const headers = {
      'maestro-actor': 'load-history',
      ...(method === 'GET' ? {} : { prefer: 'return=minimal' }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    }
    const text = body === undefined ? undefined : JSON.stringify(body)
    const answer = await reach(base, { method, url: new URL(`${base}${path}`), headers, body: text })
    if (answer.status >= 300) throw refusalOf(answer, base)
    return answer
  }
  return {
    send: async ({ method, path, body }, key) => receiptOf(await call(method, path, { body, key })),
    project: async (id) => {
      const { text } = await call('GET', `/api/projects/${encodeURIComponent(id)}`)
      return understood(Project, parseJson(text))
    },
    // A request that changes nothing appends nothing, and its receipt names the last record.
    recordsOf: async ({ id }) => receiptOf(await call('PUT', `/api/projects/${id}`, { body: {} })).offset + 1,
  }
}

interface Sent {
  readonly body?: object | undefined
  readonly key?: string
}

const reach = async (base: string, request: Outgoing): Promise<Incoming> => {
  try {
    return await exchange(request)
  } catch (cause) {
    throw new AppError('SERVER_UNREACHABLE', `The server at ${base} does not answer`, { cause })
  }
}

const ReceiptHeaders = z.object({
  'maestro-offset': z.coerce.number().int().nonnegative(),
  'maestro-hash': Digest,
  location: z.string().optional(),
  'idempotency-replayed': z.string().optional(),
})

const receiptOf = ({ headers }: Incoming): Receipt => {
  const { 'maestro-offset': offset, 'maestro-hash': hash, location, ...rest } = understood(ReceiptHeaders, headers)
  const id = location?.split('/').at(-1)
  const replayed = rest['idempotency-replayed'] === 'true'
  return { offset, hash, replayed, ...(id === undefined ? {} : { id }) }
}

const Refusal = z.object({ code: z.string().refine(isErrorCode), message: z.string() })

/** The error that the server answered with. */
const refusalOf = ({ status, text }: Incoming, base: string): AppError => {
  const parsed = Refusal.safeParse(parseJson(text))
  if (parsed.success) return new AppError(parsed.data.code, parsed.data.message)
  return new AppError('SERVER_UNREACHABLE', `What is at ${base} answers ${status} and is not a Maestro server`)
}

/** Something in between, or another server, answers in another way. */
const understood = <T>(schema: z.ZodType<T>, value: unknown): T => {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new AppError('SERVER_UNREACHABLE', 'The answer is not that of a Maestro server', { cause: parsed.error })
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
