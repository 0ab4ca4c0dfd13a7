import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { asyncApi } from '../../../src/api-docs/asyncapi.ts'
import { closings } from '../../../src/ws/protocol.ts'
import { brokenReferences, unfitExamples, unusedComponents } from '../../support/json-documents.ts'

const document = asyncApi({ version: '1.2.3' })

const Connection = z.object({
  channels: z.object({
    connection: z.object({
      messages: z.record(z.string(), z.unknown()),
      'x-close-codes': z.array(z.object({ code: z.int(), meaning: z.string().min(1) })),
    }),
  }),
  operations: z.record(z.string(), z.unknown()),
})
const { channels, operations } = Connection.parse(document)
const { connection } = channels

describe('the AsyncAPI document', () => {
  it('refers to nothing that is not there, and has nothing that is not referred to', () => {
    expect(brokenReferences(document)).toEqual([])
    expect(unusedComponents(document)).toEqual([])
  })

  it('shows examples that its own schemas take', () => {
    expect(unfitExamples(document)).toEqual([])
  })

  it('says of every message who sends it', () => {
    const said = JSON.stringify(Object.values(operations))
    for (const name of Object.keys(connection.messages)) {
      expect(said).toContain(`"#/channels/connection/messages/${name}"`)
    }
  })

  it('has every code that connections end with', () => {
    const codes = connection['x-close-codes'].map(({ code }) => code)
    expect(codes).toEqual([1007, 1009, ...Object.values(closings).map(({ code }) => code)])
  })
})
