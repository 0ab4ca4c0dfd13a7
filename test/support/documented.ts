import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { expect } from 'vitest'
import { z } from 'zod'
import { apiDocuments } from '../../src/api-docs/documents.ts'
import { openApi } from '../../src/api-docs/openapi.ts'
import { operations } from '../../src/http/app.ts'
import { version } from '../../src/package.ts'
import type { Answer, Call } from './api.ts'
import { closed } from './json-documents.ts'

const Response = z.object({
  headers: z.record(z.string(), z.unknown()).default({}),
  content: z.record(z.string(), z.unknown()).default({}),
})
const Operation = z.object({
  operationId: z.string(),
  responses: z.record(z.string(), z.union([z.strictObject({ $ref: z.string() }), Response])),
})

/** As much of an OpenAPI document as it takes to look at answers. */
const ApiDocument = z.object({
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.object({
    responses: z.record(z.string(), Response),
    headers: z.record(z.string(), z.object({ required: z.boolean().optional() })),
  }),
})

const swaggerUi = (): Promise<never> => Promise.reject(new Error('no test of documents reads files'))

/** The document that the sources make. */
export const document = openApi({
  operations,
  documents: apiDocuments({ operations, version, swaggerUi }),
  version,
})
const { paths, components } = ApiDocument.parse(document)

/** Every operation of the document by its method and path. */
export const documentedOperations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { operationId }]) => ({ method, path, operationId })),
)

const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true })
const root = 'openapi'
ajv.addSchema(z.looseObject({}).parse(closed(document)), root)

const validators = new Map<string, ValidateFunction>()
const validatorAt = (pointer: readonly string[]): ValidateFunction => {
  const $ref = `${root}#${pointer.map((one) => `/${one.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')}`
  const known = validators.get($ref) ?? ajv.compile({ $ref: encodeURI($ref) })
  validators.set($ref, known)
  return known
}

const templates = Object.keys(paths)
  .map((path) => ({ path, pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}/?$`) }))
  // What is spelled out goes before what is a parameter.
  .sort((a, b) => a.path.split('{').length - b.path.split('{').length)

const operationFor = (method: string, path: string) => {
  const template = templates.find(({ pattern }) => pattern.test(new URL(path, 'http://localhost').pathname))
  const key = method === 'HEAD' ? 'get' : method.toLowerCase()
  const operation = template && paths[template.path]?.[key]
  return operation && { ...operation, pointer: ['paths', template.path, key] }
}

/** Fails unless the document says that this request may be answered so. Tells the operation that it was for, if any. */
export const checkDocumented = (method: string, path: string, answer: Answer): string | undefined => {
  const operation = operationFor(method, path)
  const { status } = answer
  const what = `${method} ${path} answered ${status} ${answer.text.slice(0, 500)}`
  // What browsers ask before they ask is answered for every path alike.
  if (method === 'OPTIONS' && status === 204) return undefined
  if (operation === undefined) {
    expect(validatorAt(['components', 'schemas', 'Error'])(answer.body), what).toBe(true)
    return undefined
  }
  const given = operation.responses[status]
  expect(given, `${what}, which is not in the document`).toBeDefined()
  if (given === undefined) return undefined
  const name = '$ref' in given ? given.$ref.replace('#/components/responses/', '') : undefined
  const response = name === undefined ? given : components.responses[name]
  const pointer =
    name === undefined ? [...operation.pointer, 'responses', String(status)] : ['components', 'responses', name]
  if (response === undefined || '$ref' in response) throw new Error(`${name} is not in the document`)
  checkHeaders(what, response.headers, answer.headers, status < 300)
  checkBody(what, Object.keys(response.content), pointer, answer)
  return operation.operationId
}

const checkHeaders = (
  what: string,
  documented: Readonly<Record<string, unknown>>,
  headers: Headers,
  all: boolean,
): void => {
  for (const [name, { required = false }] of Object.entries(components.headers)) {
    const stated = Object.hasOwn(documented, name)
    if (headers.has(name) && all) expect(stated, `${what} with ${name}, which is not in the document`).toBe(true)
    if (stated && required) expect(headers.has(name), `${what} without ${name}`).toBe(true)
  }
}

const checkBody = (what: string, types: readonly string[], pointer: readonly string[], answer: Answer): void => {
  if (answer.text === '') return
  const type = answer.headers.get('content-type')?.replace(/;.*/, '') ?? ''
  expect(types, what).toContain(type)
  const validate = validatorAt([...pointer, 'content', type, 'schema'])
  expect(validate(answer.body) ? [] : validate.errors, what).toEqual([])
}

/** The same client, which fails for every answer that the document does not have. `tell` hears of operations that succeed. */
export const documented =
  (call: Call, tell: (operationId: string) => void = () => {}): Call =>
  async (method, path, options) => {
    const answer = await call(method, path, options)
    const operationId = checkDocumented(method, path, answer)
    if (operationId !== undefined && answer.status < 300) tell(operationId)
    return answer
  }
