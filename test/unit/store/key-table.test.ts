import { expect, it } from 'vitest'
import { sha256 } from '../../../src/platform/hash.ts'
import { KeyTable } from '../../../src/store/idempotency.ts'
import { projectId, task } from '../../support/vocabulary.ts'

const mark = (key: string, text = key) => ({ key, digest: sha256(text) })
const madeAt = (offset: number) => ({
  projectId,
  subject: { kind: 'task' as const, id: task(`${offset}`) },
  offset,
  next: { offset: offset + 1, hash: sha256(`${offset}`) },
})
const keysOf = (table: KeyTable): string[] => [...table.entries()].map(([{ key }]) => key)

it('a key is known with the digest of its request and what came of it', () => {
  const table = new KeyTable()
  table.add(mark('a'), madeAt(3))
  expect(table.get('a')).toEqual({ ...madeAt(3), digest: sha256('a') })
  expect(table.get('b')).toBeUndefined()
  expect([...table.entries()]).toEqual([[mark('a'), madeAt(3)]])
})

it('the newest keys are kept, the oldest forgotten', () => {
  const table = new KeyTable(3)
  for (const [i, key] of ['a', 'b', 'c', 'd', 'e'].entries()) table.add(mark(key), madeAt(i))
  expect(keysOf(table)).toEqual(['c', 'd', 'e'])
  expect(table.get('a')).toBeUndefined()
})

it('a key that is used anew, once it was forgotten, is the newest', () => {
  const table = new KeyTable(3)
  for (const [i, key] of ['a', 'b', 'c', 'a', 'd'].entries()) table.add(mark(key), madeAt(i))
  expect(keysOf(table)).toEqual(['c', 'a', 'd'])
  expect(table.get('a')?.offset).toBe(3)
})

it('keys that every object has are keys like any other', () => {
  const table = new KeyTable()
  expect(table.get('toString')).toBeUndefined()
  table.add(mark('__proto__'), madeAt(0))
  expect(keysOf(table)).toEqual(['__proto__'])
})

it('a table that is restored from its entries forgets in the same order', () => {
  const table = new KeyTable(3)
  for (const [i, key] of ['a', 'b', 'c', 'd'].entries()) table.add(mark(key), madeAt(i))
  const restored = new KeyTable(3)
  for (const entry of table.entries()) restored.add(...entry)
  for (const one of [table, restored]) one.add(mark('e'), madeAt(5))
  expect([...restored.entries()]).toEqual([...table.entries()])
})
