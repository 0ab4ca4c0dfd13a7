import fc from 'fast-check'
import { z } from 'zod'
import { anyGround, type Ground } from './ground.ts'

/** Texts that mean something to some field, beside ids: those of the ground, which are put in when a body is sent. */
const words = [
  ...['$project', '$task', '$subtask', '$session', '$project', '$task', '$session', 'sess_chosen', 'constructor', ''],
  ...['pending', 'in_progress', 'blocked', 'completed', 'spawning', 'running', 'failed', 'low', 'medium', 'high'],
  ...['open', 'strict', 'worker', 'orchestrator', 'created', 'session_ended', 'update', 'milestone', 'blocker'],
]

/** Numbers that JSON can hold, and that many programs cannot. */
const numbers = [
  '0',
  '-0',
  '1',
  '-1',
  '0.1',
  '1e308',
  '5e-324',
  '9007199254740993',
  '1e21',
  '1e999',
  '123456789012345678901',
]

const names = ['id', 'type', 'data', 'message', 'sessionId', 'timestamp', 'a', 'b', '', '0', 'constructor', 'toJSON']

/** Names of fields, of which some stand for something wherever they are. */
export const name: fc.Arbitrary<string> = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom(...names) },
  { weight: 5, arbitrary: fc.string({ unit: 'binary', maxLength: 5 }) },
  { weight: 1, arbitrary: fc.constant('__proto__') },
)

/** The text of a JSON object. Members have the text of their values. */
export const objectText = (members: ReadonlyArray<readonly [string, string]>): string =>
  `{${members.map(([key, text]) => `${JSON.stringify(key)}:${text}`).join(',')}}`

/** JSON values as text. Few are deep, and few are long. */
export const value: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    { weight: 6, arbitrary: fc.constantFrom(...words).map((word) => JSON.stringify(word)) },
    { weight: 2, arbitrary: fc.constantFrom('null', 'true', 'false', ...numbers) },
    { weight: 2, arbitrary: fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text)) },
    { weight: 1, arbitrary: fc.constantFrom('"\\ud800"', '"\\udc00\\ud83d"', '"\\u0000"', '"\\u2028"') },
    {
      weight: 1,
      arbitrary: fc.integer({ min: 50, max: 66 }).map((depth) => `${'['.repeat(depth)}${']'.repeat(depth)}`),
    },
    { weight: 3, arbitrary: fc.array(tie('value'), { maxLength: 4 }).map((all) => `[${all.join(',')}]`) },
    { weight: 3, arbitrary: fc.array(fc.tuple(name, tie('value')), { maxLength: 4 }).map(objectText) },
    { weight: 2, arbitrary: fc.json({ maxDepth: 4 }) },
  ),
})).value

/** Values that some field takes: of every shape that there is. */
const fitting = [
  ...[...words, 'text', '\u0000', '\ud800', '__proto__'].map((word) => JSON.stringify(word)),
  ...[
    'null',
    'true',
    'false',
    '-0',
    '1',
    '0.1',
    '1e308',
    '5e-324',
    '[]',
    '{}',
    '["$task"]',
    '["$session"]',
    '["$task","$task"]',
  ],
  ...[
    '["text","\\ud800",""]',
    '{"a":"b","constructor":"c"}',
    '{"a":null,"toString":null}',
    '{"a":{"b":[1,null,-0]},"":{}}',
  ],
  ...['[{"type":"update","message":"text"},{}]', '[{"type":"text","data":{"toJSON":1}},{"type":"update"}]'],
]

/** Values for a field, most of which it takes. */
export const valueFor = (schema: z.core.$ZodType): fc.Arbitrary<string> => {
  const taken = fitting.filter((text) => z.safeParse(schema, JSON.parse(withIds(text, anyGround))).success)
  return taken.length === 0 ? value : fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...taken) }, value)
}

/** The text with the ids of a ground in their places. */
export const withIds = (text: string, ground: Ground): string =>
  Object.entries(ground).reduce((filled, [kind, id]) => filled.replaceAll(`$${kind}`, () => id), text)
