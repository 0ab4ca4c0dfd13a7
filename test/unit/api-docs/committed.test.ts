import { readFile } from 'node:fs/promises'
import specifications from '@asyncapi/specs'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { apiDocuments } from '../../../src/api-docs/documents.ts'
import { operations } from '../../../src/http/app.ts'
import { version } from '../../../src/package.ts'

const served = apiDocuments({ operations, version, swaggerUi: () => Promise.reject(new Error('not needed here')) })
const textOf = async (name: string): Promise<string> => {
  const document = served.find(({ path }) => path === `/${name}`)
  if (document === undefined) throw new Error(`${name} is not served`)
  return new TextDecoder().decode(await document.read())
}
const Document = z.looseObject({})
const documentOf = async (name: string) => Document.parse(JSON.parse(await textOf(name)))

describe.each(['openapi.json', 'asyncapi.json'])('docs/api/%s', (name) => {
  it('is what the server serves', async () => {
    const committed = await readFile(new URL(`../../../docs/api/${name}`, import.meta.url), 'utf8').catch(() => '')
    expect(committed === (await textOf(name)), `docs/api/${name} is stale: run npm run api-docs`).toBe(true)
  })

  it('is the same each time it is made', async () => {
    expect(await textOf(name)).toBe(await textOf(name))
  })

  it('tells no path of this machine and no address but that of the default', async () => {
    const text = await textOf(name)
    expect(text).not.toContain(process.cwd())
    expect(text.match(/\b(?:https?|wss?):\/\/[^\s"]*/g) ?? []).toEqual([])
  })
})

describe('the OpenAPI document', () => {
  it('is valid by the schema of OpenAPI 3.1', async () => {
    const validator = new Validator()
    expect(await validator.validate(await documentOf('openapi.json'))).toEqual({ valid: true })
    expect(validator.version).toBe('3.1')
  })
})

describe('the AsyncAPI document', () => {
  it('is valid by the schema of AsyncAPI 3', async () => {
    const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true })
    const validate = ajv.compile(Document.parse(specifications.schemasWithoutId['3.0.0']))
    const document = await documentOf('asyncapi.json')
    expect(validate(document) ? [] : validate.errors).toEqual([])
    expect(validate({ ...document, operations: { hear: { action: 'listen' } } })).toBe(false)
  })
})
