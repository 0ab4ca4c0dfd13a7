import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { apiDocuments } from '../../../src/api-docs/documents.ts'
import { operations } from '../../../src/http/app.ts'
import { version } from '../../../src/package.ts'
import { testApp } from '../../support/app.ts'
import { document, documentedOperations } from '../../support/documented.ts'
import { brokenReferences, unfitExamples, unusedComponents } from '../../support/json-documents.ts'

const documents = apiDocuments({ operations, version, swaggerUi: () => Promise.reject(new Error('not needed here')) })
const keyOf = ({ method, path }: { method: string; path: string }): string => `${method} ${path}`

const Stack = z.array(
  z.looseObject({ route: z.looseObject({ path: z.string(), methods: z.record(z.string(), z.boolean()) }).optional() }),
)
/** What the app really answers. Routes of every method are those that refuse all that are not possible. */
const routes = Stack.parse(Reflect.get(testApp().app.router, 'stack')).flatMap(({ route }) => {
  const methods = Object.keys(route?.methods ?? {})
  return methods.length === 1 ? [`${methods[0]} ${route?.path}`] : []
})

describe('the OpenAPI document', () => {
  it('has every route of the app and no other, but for the parts of its page', () => {
    const parts = documents.filter(({ about }) => about === undefined).map(({ path }) => `get ${path}`)
    expect(parts.every((part) => part.startsWith('get /docs/'))).toBe(true)
    const documented = documentedOperations.map(({ method, path }) =>
      keyOf({ method, path: path.replace(/\{(\w+)\}/g, ':$1') }),
    )
    expect([...documented, ...parts].sort()).toEqual([...routes].sort())
  })

  it('gives every operation a name of its own, which a program can use', () => {
    const names = documentedOperations.map(({ operationId }) => operationId)
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^[a-z][A-Za-z0-9]*$/)
  })

  it('declares every parameter of every path', () => {
    const { paths } = z
      .object({
        paths: z.record(
          z.string(),
          z.record(z.string(), z.object({ parameters: z.array(z.looseObject({})).default([]) })),
        ),
      })
      .parse(document)
    for (const [path, methods] of Object.entries(paths)) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      for (const { parameters } of Object.values(methods)) {
        const inPath = parameters.filter((one) => one.in === 'path')
        expect(inPath.map(({ name }) => name)).toEqual(named)
        expect(inPath.every(({ required }) => required === true)).toBe(true)
      }
    }
  })

  it('refers to nothing that is not there, and has nothing that is not referred to', () => {
    expect(brokenReferences(document)).toEqual([])
    expect(unusedComponents(document)).toEqual(['securitySchemes/token'])
  })

  it('shows examples that its own schemas take', () => {
    expect(unfitExamples(document)).toEqual([])
  })

  it('asks for a token, where the server has one, for everything but health and the documents', () => {
    const open = z
      .object({
        paths: z.record(z.string(), z.record(z.string(), z.object({ security: z.array(z.unknown()).optional() }))),
      })
      .parse(document).paths
    const free = Object.entries(open).flatMap(([path, methods]) =>
      Object.values(methods).flatMap(({ security }) => (security?.length === 0 ? [path] : [])),
    )
    expect(free.sort()).toEqual(['/asyncapi.json', '/docs', '/health', '/openapi.json'])
  })
})
