import { Ajv } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { z } from 'zod'

type Visit = (node: Readonly<Record<string, unknown>>, pointer: string) => void

const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1')

/** Visits every object of a document with its JSON pointer. What stands as an example is no part of the document. */
const walk = (node: unknown, visit: Visit, pointer = '#'): void => {
  if (Array.isArray(node)) for (const [index, member] of node.entries()) walk(member, visit, `${pointer}/${index}`)
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return
  visit({ ...node }, pointer)
  for (const [key, member] of Object.entries(node)) {
    if (key !== 'examples') walk(member, visit, `${pointer}/${escaped(key)}`)
  }
}

const pointersIn = (document: object): ReadonlySet<string> => {
  const found = new Set<string>()
  walk(document, (_, pointer) => found.add(pointer))
  return found
}

const referencesIn = (document: object): Map<string, string> => {
  const found = new Map<string, string>()
  walk(document, ({ $ref }, pointer) => {
    if (typeof $ref === 'string') found.set(pointer, $ref)
  })
  return found
}

/** References of a document to what is not in it. */
export const brokenReferences = (document: object): string[] => {
  const there = pointersIn(document)
  return [...referencesIn(document)].flatMap(([from, to]) => (there.has(to) ? [] : [`${from} -> ${to}`]))
}

/** What is kept among the components of a document, by kind and name, and not referred to. */
export const unusedComponents = (document: object): string[] => {
  const used = new Set(referencesIn(document).values())
  return [...pointersIn(document)].flatMap((pointer) => {
    const [, name] = /^#\/components\/(\w+\/[^/]+)$/.exec(pointer) ?? []
    return name === undefined || used.has(pointer) ? [] : [name]
  })
}

const WithSchema = z.object({
  schema: z.looseObject({}),
  examples: z.record(z.string(), z.object({ value: z.unknown() })),
})
const WithPayload = z.object({ payload: z.looseObject({}), examples: z.array(z.object({ payload: z.unknown() })) })

/** Examples of a document that its own schemas do not take, where each stands. */
export const unfitExamples = (document: object): string[] => {
  // AsyncAPI's own kind of schema is that of draft 7.
  const Dialect = 'asyncapi' in document ? Ajv : Ajv2020
  const ajv = new Dialect({ strict: false, validateFormats: false })
  ajv.addSchema(z.looseObject({}).parse(document), 'document')
  const unfit: string[] = []
  const check = (pointer: string, examples: readonly unknown[]): void => {
    const validate = ajv.compile({ $ref: encodeURI(`document${pointer}`) })
    for (const example of examples) if (!validate(example)) unfit.push(`${pointer}: ${ajv.errorsText(validate.errors)}`)
  }
  walk(document, (node, pointer) => {
    const media = WithSchema.safeParse(node)
    const message = WithPayload.safeParse(node)
    if (media.success)
      check(
        `${pointer}/schema`,
        Object.values(media.data.examples).map(({ value }) => value),
      )
    else if (message.success)
      check(
        `${pointer}/payload`,
        message.data.examples.map(({ payload }) => payload),
      )
    else if (Array.isArray(node.examples)) check(pointer, node.examples)
  })
  return unfit
}

/** Documents leave objects open for later versions. In this copy, schemas must have said everything. */
export const closed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(closed)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).map(([key, member]) => [key, key === 'allOf' ? member : closed(member)])
  return {
    ...('properties' in value && !('additionalProperties' in value) && { additionalProperties: false }),
    ...Object.fromEntries(members),
  }
}
