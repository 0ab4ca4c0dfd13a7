import type { Json, JsonObject } from '../../events/index.ts'
import type { About, Document } from '../http/document.ts'
import { none, type Operation } from '../http/operation.ts'
import { tags } from '../http/tags.ts'
import { answerHeaders, cacheHeaders, headerComponents, headerParameters, requestHeaders } from './headers.ts'
import { SchemaBook } from './json-schema.ts'
import { codesOf, RefusalBook } from './refusals.ts'

export interface OpenApiOptions {
  readonly operations: readonly Operation[]
  /** What is served beside the operations. */
  readonly documents: readonly Document[]
  /** The version of the server. */
  readonly version: string
}

const description = `
Projects, tasks, subtasks and sessions over REST. WebSocket is described at [/asyncapi.json](/asyncapi.json).

- Times are integer milliseconds since the epoch. Lists are in creation order.
- PUT and PATCH change the fields given. \`env\` and \`metadata\` are merged one level deep, where null removes a key. A change that
  changes nothing is answered like one that does.
- Unknown fields of a body are ignored, and named in \`Maestro-Ignored-Fields\`.
- Every error has the form of \`Error\`. A path that is not here answers \`NOT_FOUND\`, a method that is not here
  \`METHOD_NOT_ALLOWED\` with \`Allow\`. HEAD is answered wherever GET is.
- An answer to a write comes when it is durable; \`Maestro-Offset\` and \`Maestro-Hash\` are its receipt.
- A token is needed only where the server has one.
`.trim()

/** The OpenAPI 3.1 document of the server. */
export const openApi = ({ operations, documents, version }: OpenApiOptions): JsonObject => {
  const schemas = new SchemaBook('draft-2020-12')
  const refusals = new RefusalBook()
  const paths: { [path: string]: JsonObject } = {}
  for (const operation of operations) {
    const path = operation.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [operation.method]: operationObject(operation, schemas, refusals) }
  }
  for (const document of documents) {
    const { path, about } = document
    if (about !== undefined) paths[path] = { get: documentObject(document, about, refusals) }
  }
  const parameters = headerParameters(schemas)
  const headers = headerComponents(schemas)
  const used = new Set<string>(operations.map(({ tag }) => tag).concat('System'))
  return {
    openapi: '3.1.0',
    info: {
      title: 'Maestro Server',
      summary: 'A local-first, event-sourced backend for multi-agent software development.',
      description,
      version,
      license: { name: 'MIT' },
    },
    servers: [{ url: '/', description: 'The server that this document comes from.' }],
    security: [{}, { token: [] }],
    tags: Object.entries(tags).flatMap(([name, about]) => (used.has(name) ? [{ name, description: about }] : [])),
    paths,
    components: {
      schemas: { Error: refusals.schema, ...schemas.components },
      responses: refusals.components,
      parameters,
      headers,
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'What `MAESTRO_TOKEN` was set to when the server started.',
        },
      },
    },
  }
}

const operationObject = (operation: Operation, schemas: SchemaBook, refusals: RefusalBook): JsonObject => {
  const { name, tag, summary, open, params, query } = operation
  const parameters = [
    ...parametersIn('path', schemas.schema(params, 'input')),
    ...parametersIn('query', schemas.schema(query, 'input')),
    ...requestHeaders(operation),
  ]
  return {
    operationId: name,
    tags: [tag],
    summary,
    ...(open && { security: [] }),
    ...(parameters.length > 0 && { parameters }),
    ...requestBody(operation, schemas),
    responses: { ...answers(operation, schemas), ...refusals.responses(codesOf(operation)) },
  }
}

/** The fields of an object as parameters, one each. */
const parametersIn = (place: 'path' | 'query', { properties, required }: JsonObject): JsonObject[] =>
  Object.entries(asObject(properties)).map(([name, member]) => {
    const { description, ...schema } = asObject(member)
    return {
      name,
      in: place,
      ...(description !== undefined && { description }),
      ...(Array.isArray(required) && required.includes(name) && { required: true }),
      schema,
    }
  })

const asObject = (value: Json | undefined): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}

const requestBody = ({ body }: Operation, schemas: SchemaBook): { requestBody?: JsonObject } => {
  if (body === none) return {}
  const schema = schemas.schema(body, 'input')
  return {
    requestBody: {
      ...(Array.isArray(schema.required) && { required: true }),
      content: { 'application/json': { schema } },
    },
  }
}

const answers = (operation: Operation, schemas: SchemaBook): JsonObject => {
  const { method, status, versioned } = operation
  const full = {
    description: status === 201 ? 'It is created.' : 'It is done; this is what is so now.',
    ...answerHeaders(operation),
    content: content(operation, schemas),
  }
  if (method === 'get') {
    return { 200: { ...full, description: 'What was asked for.' }, ...(versioned && { 304: notModified }) }
  }
  return {
    [status]: full,
    204: { description: 'It is done, and `Prefer: return=minimal` was given.', ...answerHeaders(operation, true) },
  }
}

/** The forms of an answer, the usual one first. */
const content = ({ type, answers: shape, forms }: Operation, schemas: SchemaBook): JsonObject => ({
  [mediaType(type)]: { schema: schemas.schema(shape, 'output') },
  ...Object.fromEntries(
    forms.map((form) => [mediaType(form.type), { schema: { type: 'string', description: form.summary } }]),
  ),
})

const notModified = { description: 'The client has it already.', headers: cacheHeaders }

const documentObject = (document: Document, about: About, refusals: RefusalBook): JsonObject => {
  const headers = {
    ETag: { description: 'Names these very bytes.', schema: { type: 'string' } },
    'Cache-Control': { $ref: '#/components/headers/Cache-Control' },
  }
  const media = mediaType(document.type)
  return {
    operationId: about.name,
    tags: ['System'],
    summary: about.summary,
    security: [],
    parameters: [{ $ref: '#/components/parameters/If-None-Match' }],
    responses: {
      200: {
        description: 'What was asked for.',
        headers,
        content: { [media]: { schema: { type: media === 'application/json' ? 'object' : 'string' } } },
      },
      304: { description: 'The client has it already.', headers },
      ...refusals.responses(['FORBIDDEN', 'NOT_FOUND', 'INTERNAL_ERROR']),
    },
  }
}

/** A content type without its parameters. */
const mediaType = (type: string): string => type.replace(/;.*/, '')
