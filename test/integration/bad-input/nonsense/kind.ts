import type { Operation } from '../../../../src/http/operation.ts'
import { type Ground, pathOf, validBodyOf } from '../ground.ts'
import type { Refused } from '../refusal.ts'
import type { WireRequest } from '../wire.ts'

/** A kind of nonsense: what it is, what to send to an operation, and what every attempt has to be answered with. */
export interface Kind {
  /** Read after the name of the operation and "refuses". */
  readonly what: string
  readonly refused: Refused
  /** None for an operation to which this nonsense cannot be sent. */
  readonly attempts: (operation: Operation, ground: Ground) => readonly WireRequest[]
}

export const isWrite = ({ method }: Operation): boolean => method !== 'get'

export const json = ['Content-Type', 'application/json'] as const

/** A request that would be fine, for nonsense to be added to. */
export const fine = (operation: Operation, ground: Ground): WireRequest => {
  const bare = { method: operation.method.toUpperCase(), path: pathOf(operation, ground) }
  if (!isWrite(operation)) return bare
  return { ...bare, headers: [json], body: JSON.stringify(validBodyOf(operation, ground)) }
}

/** A kind that is about the body, and so about writes only. */
export const bodies = (what: string, refused: Refused, all: ReadonlyArray<string | Buffer>): Kind =>
  bodiesWith(
    what,
    refused,
    all.map((body) => [[], body]),
  )

type Headers = NonNullable<WireRequest['headers']>

/** The same with headers that belong to each body. */
export const bodiesWith = (
  what: string,
  refused: Refused,
  all: ReadonlyArray<readonly [headers: Headers, body: string | Buffer]>,
): Kind => ({
  what,
  refused,
  attempts: (operation, ground) =>
    isWrite(operation)
      ? all.map(([headers, body]) => ({ ...fine(operation, ground), headers: [json, ...headers], body }))
      : [],
})

/** A kind that is a header of a request that would be fine otherwise. */
export const headers = (
  what: string,
  refused: Refused,
  name: string,
  values: readonly string[],
  applies: (operation: Operation) => boolean = isWrite,
): Kind => ({
  what,
  refused,
  attempts: (operation, ground) => {
    if (!applies(operation)) return []
    const request = fine(operation, ground)
    const others = (request.headers ?? []).filter(([other]) => other !== name)
    return values.map((value) => ({ ...request, headers: [...others, [name, value] as const] }))
  },
})
