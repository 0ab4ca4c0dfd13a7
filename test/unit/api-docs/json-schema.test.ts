import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Json, JsonObject, Task } from '../../../events/index.ts'
import { SchemaBook } from '../../../src/api-docs/json-schema.ts'
import { names } from '../../../src/api-docs/names.ts'

describe('a schema', () => {
  it('with a name is referred to, and kept with all that it refers to', () => {
    const book = new SchemaBook('draft-2020-12')
    expect(book.schema(z.array(Task), 'output')).toEqual({
      type: 'array',
      items: { $ref: '#/components/schemas/Task' },
    })
    expect(Object.keys(book.components)).toEqual(
      expect.arrayContaining(['Id', 'Instant', 'Priority', 'Subtask', 'Task', 'TaskStatus', 'TimelineEntry']),
    )
  })

  it('is the same in both dialects where both can say it', () => {
    for (const dialect of ['draft-2020-12', 'draft-07'] as const) {
      expect(new SchemaBook(dialect).schema(z.object({ a: z.string().optional() }), 'output')).toEqual({
        type: 'object',
        properties: { a: { type: 'string' } },
      })
    }
  })

  it('shows what may be left out of what is sent, and what is always there of what comes', () => {
    const withDefault = z.object({ a: z.string().default('b') })
    expect(new SchemaBook('draft-07').schema(withDefault, 'input')).not.toHaveProperty('required')
    expect(new SchemaBook('draft-07').schema(withDefault, 'output')).toMatchObject({ required: ['a'] })
  })

  it('of any JSON is any JSON', () => {
    const book = new SchemaBook('draft-2020-12')
    book.schema(z.object({ any: Json, object: JsonObject }), 'input')
    expect(book.components).toEqual({
      Json: { description: expect.any(String) },
      JsonObject: { type: 'object', description: expect.any(String) },
    })
  })

  it('that JSON Schema cannot say is an error, not a schema that takes everything', () => {
    const book = new SchemaBook('draft-2020-12')
    expect(() => book.schema(z.custom<object>(), 'input')).toThrow(/cannot be represented/)
    expect(() => book.schema(z.object({ a: z.bigint() }), 'output')).toThrow(/cannot be represented/)
  })

  it('does not share its name with another', () => {
    const one = z.object({ a: z.string().default('b') })
    names.add(one, { id: 'Twice' })
    const book = new SchemaBook('draft-2020-12')
    book.schema(one, 'input')
    book.schema(one, 'input')
    expect(() => book.schema(one, 'output')).toThrow('the name Twice would stand for two schemas')
  })
})
