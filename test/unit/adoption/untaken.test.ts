import fc from 'fast-check'
import { expect, it } from 'vitest'
import { untaken } from '../../../src/adoption/untaken.ts'

const object = fc.dictionary(fc.string(), fc.jsonValue())

const paths = (old: unknown, taken: unknown): string[] => [...untaken(old, taken)]

it('what an entity does not have is named, once and as a whole', () => {
  const old = {
    id: 'a',
    strategy: { kind: 'x' },
    timeline: [
      { id: 'e', by: 1 },
      { id: 'f', by: 2 },
    ],
  }
  const taken = { id: 'a', timeline: [{ id: 'e' }, { id: 'f' }] }
  expect(paths(old, taken)).toEqual(['strategy', 'timeline[].by'])
})

it('what has become something else is named', () => {
  expect(paths({ status: 'todo', ids: ['a', 'a'] }, { status: 'pending', ids: ['a'] })).toEqual(['status', 'ids[]'])
})

it('null says nothing, so nothing is missed of it', () => {
  expect(paths({ a: null, b: [null] }, {})).toEqual(['b'])
  expect(paths({ a: null }, { a: '' })).toEqual([])
})

it('names that every object has are not taken for fields of the entity', () => {
  expect(paths({ constructor: 1, toString: 2 }, {})).toEqual(['constructor', 'toString'])
})

it('nothing of a value is missing in that value, nor in one that has more', () => {
  fc.assert(
    fc.property(object, object, (value, more) => {
      expect(paths(value, structuredClone(value))).toEqual([])
      expect(paths(value, { ...more, ...value })).toEqual([])
    }),
  )
})
