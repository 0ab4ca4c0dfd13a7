import { describe, expect, it } from 'vitest'
import { AppError, type ErrorCode } from '../../../src/errors.ts'
import { sha256 } from '../../../src/platform/hash.ts'
import type { Receipt } from '../../../tools/load-history/sending/api.ts'
import { maxAttempts, persistent } from '../../../tools/load-history/sending/retry.ts'

const receipt: Receipt = { offset: 1, hash: sha256(''), replayed: false }

/** A server that fails so often, and then answers. */
const attempts = async (failures: number, code: ErrorCode) => {
  const keys: string[] = []
  const pauses: number[] = []
  let retries = 0
  const send = persistent({
    send: async (_, key) => {
      keys.push(key)
      if (keys.length <= failures) throw new AppError(code, 'no')
      return receipt
    },
    pause: async (ms) => void pauses.push(ms),
    onRetry: () => {
      retries += 1
    },
  })
  const result = await send({ method: 'POST', path: '/' }, 'k').catch((error: unknown) => error)
  return { result, keys, pauses, retries }
}

describe('a request', () => {
  it.each<ErrorCode>(['SERVER_UNREACHABLE', 'LOG_UNAVAILABLE', 'RATE_LIMITED'])(
    'is sent again under the same key, after pauses that double, while it fails with %s',
    async (code) => {
      expect(await attempts(3, code)).toEqual({
        result: receipt,
        keys: ['k', 'k', 'k', 'k'],
        pauses: [50, 100, 200],
        retries: 3,
      })
    },
  )

  it('is given up after the last attempt', async () => {
    const { result, keys, pauses } = await attempts(100, 'SERVER_UNREACHABLE')
    expect(result).toMatchObject({ code: 'SERVER_UNREACHABLE' })
    expect(keys).toHaveLength(maxAttempts)
    expect(Math.max(...pauses)).toBe(5_000)
  })

  it.each<ErrorCode>(['VALIDATION_ERROR', 'INSUFFICIENT_STORAGE', 'IDEMPOTENCY_MISMATCH'])(
    'that is refused with %s is not sent again',
    async (code) => {
      expect(await attempts(1, code)).toMatchObject({ result: { code }, keys: ['k'], retries: 0 })
    },
  )
})
