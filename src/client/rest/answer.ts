import { z } from 'zod'
import { Digest } from '../../../events/index.ts'
import { isErrorCode } from '../../errors.ts'
import type { FetchResponse } from '../environment.ts'
import { MaestroError } from '../error.ts'
import type { Receipt, Result } from './result.ts'

const Refusal = z.object({
  error: z.literal(true),
  code: z.string().refine(isErrorCode),
  message: z.string(),
  details: z.unknown().optional(),
})

/** Makes a result of an answer: its body as `answers` says, or the error that it tells. */
export const readAnswer = async <T>(response: FetchResponse, answers: z.ZodType<T>): Promise<Result<T>> => {
  const { status } = response
  const body = parseJson(await response.text())
  if (status >= 300) return { ok: false, error: refusalIn(body, status) }
  const parsed = answers.safeParse(body)
  if (!parsed.success) return { ok: false, error: badAnswer(status, z.prettifyError(parsed.error)) }
  const header = (name: string): string | undefined => response.headers.get(name) ?? undefined
  return {
    ok: true,
    value: parsed.data,
    status,
    etag: header('etag'),
    location: header('location'),
    receipt: receiptOf(header('maestro-offset'), header('maestro-hash')),
    replayed: header('idempotency-replayed') === 'true',
  }
}

const refusalIn = (body: unknown, status: number): MaestroError => {
  const parsed = Refusal.safeParse(body)
  if (!parsed.success) return badAnswer(status, z.prettifyError(parsed.error))
  const { code, message, details } = parsed.data
  return new MaestroError(code, message, { status, details })
}

const badAnswer = (status: number, why: string): MaestroError =>
  new MaestroError('BAD_ANSWER', `The answer, with status ${status}, is not that of a Maestro server: ${why}`, {
    status,
  })

const Offset = z.string().regex(/^\d{1,15}$/)

const receiptOf = (offset: string | undefined, hash: string | undefined): Receipt | undefined => {
  const place = Offset.safeParse(offset)
  const digest = Digest.safeParse(hash)
  return place.success && digest.success ? { offset: Number(place.data), hash: digest.data } : undefined
}

/** What is not JSON is nothing. */
const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
