import { z } from 'zod'
import type { Operation } from '../../../../src/http/operation.ts'
import { type Ground, validBodyOf } from '../ground.ts'
import type { Refused } from '../refusal.ts'
import type { WireRequest } from '../wire.ts'
import { fine, isWrite, type Kind } from './kind.ts'

/** Values of every type that JSON has, and texts that are no ids and in no enum. Where a field takes one, it is no nonsense. */
const values: readonly unknown[] = [
  ...[7, -0.5, true, false, null, 'text', '', ' ', [], {}, [7], [null], [[]], [{}], { a: 7 }, { a: {} }, { length: 1 }],
  ...['../../etc/passwd', '__proto__', 'a/b', '\u0000', '\ud800', ['../x'], ['__proto__'], ['constructor', 7]],
  { type: 7 },
  [{ type: 'nonsense', message: 7 }],
  // Whoever repeats what was wrong with it, repeats half a megabyte.
  Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`${i}`.padEnd(10_000, 'x'), 7])),
]

/** A request that would be fine, save for one field. */
export const withField = (operation: Operation, ground: Ground, name: string, value: unknown): WireRequest => ({
  ...fine(operation, ground),
  body: JSON.stringify({ ...validBodyOf(operation, ground), [name]: value }),
})

/** Each field of an operation's body with each value that it does not take. */
export const badFields = (operation: Operation, ground: Ground) =>
  Object.entries(operation.body.shape).flatMap(([name, schema]) =>
    values
      .filter((value) => !z.safeParse(schema, value).success)
      .map((value) => ({ name, value, request: withField(operation, ground, name, value) })),
  )

/** Fields that name something which must be there. */
const naming: ReadonlyMap<string, (id: string) => unknown> = new Map<string, (id: string) => unknown>([
  ...['projectId', 'parentId'].map((name) => [name, (id: string): unknown => id] as const),
  ...['taskIds', 'dependencies', 'sessionIds'].map((name) => [name, (id: string): unknown => [id]] as const),
])

/** A field has a bad value, or none. */
export const badField: Refused = { status: 400, code: /^(VALIDATION_ERROR|missing_project_id|invalid_task_ids)$/ }

export const fieldNonsense: readonly Kind[] = [
  {
    what: 'a body without one of the fields that it needs',
    refused: badField,
    attempts: (operation, ground) =>
      Object.keys(isWrite(operation) ? validBodyOf(operation, ground) : {}).map((name) =>
        withField(operation, ground, name, undefined),
      ),
  },
  {
    what: 'mention of what does not exist',
    refused: { status: 404, code: /^((PROJECT|TASK|SESSION)_NOT_FOUND|task_not_found)$/ },
    attempts: (operation, ground) =>
      Object.keys(operation.body.shape).flatMap((name) => {
        const mention = naming.get(name)
        const ids = mention === undefined ? [] : ['proj_1_none', 'constructor', 'toString']
        return ids.map((id) => withField(operation, ground, name, mention?.(id)))
      }),
  },
]
