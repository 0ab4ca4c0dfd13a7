import { Digest, IdempotencyKey, type JsonObject } from '../../events/index.ts'
import type { Operation } from '../http/operation.ts'
import type { SchemaBook } from './json-schema.ts'

const parameter = (name: string): JsonObject => ({ $ref: `#/components/parameters/${name}` })
const references = (...names: string[]): JsonObject =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))

/** What an answer that may be kept says of itself. */
export const cacheHeaders = references('ETag', 'Cache-Control')

/** The headers of a request that an operation heeds. */
export const requestHeaders = ({ method, versioned, resumes }: Operation): JsonObject[] => {
  if (method === 'get') {
    return [
      ...(versioned ? [parameter('If-None-Match')] : []),
      ...(resumes === undefined ? [] : [lastEventId(resumes)]),
    ]
  }
  const ifMatch = method === 'post' ? [] : [parameter('If-Match')]
  return [...ifMatch, ...['Idempotency-Key', 'Prefer', 'Maestro-Session', 'Maestro-Actor'].map(parameter)]
}

/** The headers of an operation's answer when it succeeds; `minimal` is for the answer without a body. */
export const answerHeaders = (operation: Operation, minimal = false): { headers?: JsonObject } => {
  if (operation.method === 'get') {
    const headers = { ...(operation.versioned && cacheHeaders), ...own(operation) }
    return Object.keys(headers).length > 0 ? { headers } : {}
  }
  const receipt = ['Maestro-Offset', 'Maestro-Hash', 'Maestro-Ignored-Fields', 'Idempotency-Replayed']
  const location = operation.status === 201 ? ['Location'] : []
  return { headers: references('ETag', ...location, ...receipt, ...(minimal ? ['Preference-Applied'] : [])) }
}

/** Headers that only this operation answers with. */
const own = ({ gives }: Operation): JsonObject =>
  Object.fromEntries(
    Object.entries(gives).map(([name, description]) => [name, { description, schema: { type: 'string' } }]),
  )

const lastEventId = (resumes: string): JsonObject => ({
  name: 'Last-Event-ID',
  in: 'header',
  description: `What a client of server-sent events comes back with: taken in place of \`${resumes}\`.`,
  schema: { type: 'string' },
})

/** All headers of requests, by name. */
export const headerParameters = (book: SchemaBook): JsonObject =>
  Object.fromEntries(
    [
      {
        name: 'If-Match',
        description:
          'Entity tags of the versions that the change is for, or `*`. Others are refused with VERSION_CONFLICT.',
        schema: { type: 'string', examples: ['"12"'] },
      },
      {
        name: 'If-None-Match',
        description: 'Entity tags of what the client has: if it is still so, the answer is 304.',
        schema: { type: 'string', examples: ['"12"'] },
      },
      {
        name: 'Idempotency-Key',
        description:
          'Makes a repeat of the request give the first answer, also after a restart. A new one for each change.',
        schema: book.schema(IdempotencyKey, 'input'),
      },
      {
        name: 'Prefer',
        description: '`return=minimal` for an answer without a body.',
        schema: { type: 'string', examples: ['return=minimal'] },
      },
      {
        name: 'Maestro-Session',
        description: 'The session that makes the change. The log keeps it.',
        schema: { $ref: '#/components/schemas/Id' },
      },
      {
        name: 'Maestro-Actor',
        description: 'The person or program that makes the change, where it is no session.',
        schema: { $ref: '#/components/schemas/Id' },
      },
    ].map((one) => [one.name, { ...one, in: 'header' }]),
  )

/** All headers of answers, by name. */
export const headerComponents = (book: SchemaBook): JsonObject => ({
  ETag: {
    description:
      'The version of what is answered: for an entity, the offset of the last event that changed it, in quotes.',
    schema: { type: 'string', examples: ['"12"'] },
  },
  'Cache-Control': {
    description: 'It may be kept, but not used without asking.',
    schema: { const: 'no-cache' },
  },
  Location: { description: 'Where the new entity is.', schema: { type: 'string', format: 'uri-reference' } },
  'Maestro-Offset': {
    description: 'The receipt: the place in the log of the record that the answer rests on.',
    required: true,
    schema: { type: 'string', pattern: '^[0-9]+$' },
  },
  'Maestro-Hash': {
    description: 'The hash of that record, which proves everything up to it.',
    required: true,
    schema: book.schema(Digest, 'output'),
  },
  'Maestro-Ignored-Fields': {
    description: 'Fields of the body that are not known, percent-encoded, the first 20. They are not stored.',
    schema: { type: 'string' },
  },
  'Idempotency-Replayed': {
    description: 'This is the answer of the first request with the same key.',
    schema: { const: 'true' },
  },
  'Preference-Applied': { description: 'What of `Prefer` was heeded.', schema: { const: 'return=minimal' } },
  'Retry-After': { description: 'Seconds after which to try again.', schema: { type: 'string', pattern: '^[0-9]+$' } },
})
