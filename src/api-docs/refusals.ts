import type { Json, JsonObject } from '../../events/index.ts'
import { type ErrorCode, statusOf } from '../errors.ts'
import { none, type Operation } from '../http/operation.ts'
import { meanings } from './meanings.ts'

/** What any request may be refused with, whatever it asks for. */
const general: readonly ErrorCode[] = ['NOT_FOUND', 'METHOD_NOT_ALLOWED', 'INTERNAL_ERROR']

const ofWrites: readonly ErrorCode[] = [
  'VALIDATION_ERROR',
  'PAYLOAD_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'IDEMPOTENCY_MISMATCH',
  'RATE_LIMITED',
  'LOG_UNAVAILABLE',
  'PROJECT_QUARANTINED',
  'INSUFFICIENT_STORAGE',
]

/** Every code that an operation may answer with. */
export const codesOf = (operation: Operation): readonly ErrorCode[] => {
  const { method, open, params, query, refuses, unexpected } = operation
  const codes: ErrorCode[] = ['FORBIDDEN', ...refuses, unexpected]
  if (!open) codes.push('UNAUTHORIZED')
  if (params !== none || query !== none) codes.push('VALIDATION_ERROR')
  if (method !== 'get') codes.push(...ofWrites)
  if (method !== 'get' && method !== 'post') codes.push('VERSION_CONFLICT')
  return inOrder(codes)
}

/** Each once, in the order of the table. */
const inOrder = (codes: readonly ErrorCode[]): ErrorCode[] => {
  const order: readonly string[] = Object.keys(meanings)
  return [...new Set(codes)].sort((a, b) => order.indexOf(a) - order.indexOf(b))
}

/** The error answers of operations, each combination of codes once. */
export class RefusalBook {
  readonly #responses = new Map<string, JsonObject>()
  readonly #codes = new Set<ErrorCode>(general)

  /** References to the error answers of an operation, by status. */
  responses(codes: readonly ErrorCode[]): JsonObject {
    const byStatus = new Map<number, ErrorCode[]>()
    for (const code of codes) {
      this.#codes.add(code)
      byStatus.set(statusOf(code), [...(byStatus.get(statusOf(code)) ?? []), code])
    }
    return Object.fromEntries([...byStatus].map(([status, same]) => [String(status), this.#reference(status, same)]))
  }

  get components(): JsonObject {
    return Object.fromEntries([...this.#responses].sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  /** The form of all errors. */
  get schema(): JsonObject {
    return {
      type: 'object',
      description: 'Every answer that is no success. Programs go by `code`, people read `message`.',
      required: ['error', 'message', 'code'],
      properties: {
        error: { const: true },
        message: { type: 'string' },
        code: { enum: inOrder([...this.#codes]) },
        details: { anyOf: [{ type: 'object' }, { type: 'array' }], description: 'More for programs, by code.' },
      },
    }
  }

  #reference(status: number, codes: readonly ErrorCode[]): Json {
    const name = [status, ...codes].join('.')
    if (!this.#responses.has(name)) this.#responses.set(name, responseOf(codes))
    return { $ref: `#/components/responses/${name}` }
  }
}

const responseOf = (codes: readonly ErrorCode[]): JsonObject => ({
  description: codes.map((code) => `\`${code}\`: ${meanings[code]}`).join('\n\n'),
  ...headersOf(codes),
  content: {
    'application/json': {
      schema: {
        allOf: [{ $ref: '#/components/schemas/Error' }, { properties: { code: { enum: [...codes] } } }],
      },
      examples: Object.fromEntries(
        codes.map((code) => [code, { value: { error: true, message: meanings[code], code } }]),
      ),
    },
  },
})

const headersOf = (codes: readonly ErrorCode[]): { headers?: JsonObject } => {
  if (codes.includes('UNAUTHORIZED')) {
    return { headers: { 'WWW-Authenticate': { schema: { const: 'Bearer' } } } }
  }
  if (codes.includes('RATE_LIMITED')) {
    return { headers: { 'Retry-After': { $ref: '#/components/headers/Retry-After' } } }
  }
  return {}
}
