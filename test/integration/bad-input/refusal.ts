import { expect } from 'vitest'
import type { Answer } from '../../support/api.ts'
import { refusalIn } from '../../support/entities.ts'

/** What a refusal has to say. */
export interface Refused {
  readonly status: number
  readonly code: string | RegExp
}

export const invalid: Refused = { status: 400, code: 'VALIDATION_ERROR' }
export const tooLarge: Refused = { status: 413, code: 'PAYLOAD_TOO_LARGE' }
export const unsupported: Refused = { status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' }
export const forbidden: Refused = { status: 403, code: 'FORBIDDEN' }
export const notFound: Refused = { status: 404, code: /^((PROJECT|TASK|SUBTASK|SESSION|SKILL)_)?NOT_FOUND$/ }

/** What only somebody who looks into the server may see: places in the sources, names of libraries, codes of Node. */
const inside =
  /\n\s+at |node_modules|[\\/](?:src|dist|tmp)[\\/]|\.[jt]s\b|\w+Error:|\b(?:[Zz]od|[Ee]xpress|E[A-Z]{4,}|HPE_\w+)\b|\[object /

/** However long the nonsense was, an answer to it is one that people can read, in characters. */
const longestRefusal = 32 * 1024

/** Checks that an answer is the error that is due, in the form of the contract, and says nothing of the server's inside. */
export const expectRefusal = (answer: Answer, { status, code }: Refused): void => {
  const refusal = refusalIn(answer)
  expect(refusal.status, answer.text).toBe(status)
  if (typeof code === 'string') expect(refusal.code, answer.text).toBe(code)
  else expect(refusal.code, answer.text).toMatch(code)
  expect(answer.text).not.toMatch(inside)
  expect(answer.text.length).toBeLessThan(longestRefusal)
}
