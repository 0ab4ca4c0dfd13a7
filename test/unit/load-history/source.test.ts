import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { Change } from '../../../tools/load-history/history/change.ts'
import { generateHistory } from '../../../tools/load-history/history/generate.ts'
import { type History, openHistory, recordedHistory } from '../../../tools/load-history/history/source.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { created, deleted, updated } from '../../support/source-changes.ts'

const changesIn = async (history: History | undefined): Promise<Change[]> => {
  const changes: Change[] = []
  for await (const change of history?.changes() ?? []) changes.push(change)
  return changes
}

const fileWith = async (name: string, content: string | Uint8Array): Promise<string> => {
  const path = join(await scratchDirectory(), name)
  await writeFile(path, content)
  return path
}

const linesOf = (changes: readonly Change[]): string => changes.map((change) => `${JSON.stringify(change)}\n`).join('')

describe('a recorded history', () => {
  const changes = [
    created('a', { description: 'one\u2028two\r\n\u0085\u{1d518}' }),
    updated('a', { notes: null }),
    deleted('a'),
  ]

  it('is read as it was written, compressed or not, whatever line breaks its texts hold', async () => {
    const text = linesOf(changes)
    expect(text).toContain('\u2028')
    for (const path of [await fileWith('h.jsonl', text), await fileWith('h.jsonl.gz', gzipSync(text))]) {
      const history = await recordedHistory(path)
      expect(history?.length).toBe(3)
      expect(history?.origin).toEqual({ kind: 'file', path })
      expect(await changesIn(history)).toEqual(changes)
    }
  })

  it('may be of any size and lack its last line feed', async () => {
    const many = Array.from({ length: 3000 }, (_, i) => created(`bd-${i}`, { description: '𝔘'.repeat(i % 200) }))
    const history = await recordedHistory(await fileWith('h.jsonl.gz', gzipSync(linesOf(many).trimEnd())))
    expect(history?.length).toBe(3000)
    expect(await changesIn(history)).toEqual(many)
  })

  it('is none when there is no file', async () => {
    expect(await recordedHistory(join(await scratchDirectory(), 'h.jsonl.gz'))).toBeUndefined()
  })

  it.each([
    ['no JSON', '{'],
    ['an unknown kind of change', '{"at":1,"op":"rename","id":"a"}'],
    ['a task without a title', '{"at":1,"op":"create","id":"a","set":{"status":"open"}}'],
    ['an unknown status', '{"at":1,"op":"update","id":"a","set":{"status":"lost"}}'],
  ])('with %s is refused, by line', async (_, line) => {
    const history = await recordedHistory(await fileWith('h.jsonl', `${linesOf(changes)}${line}\n`))
    await expect(changesIn(history)).rejects.toThrow(/h\.jsonl:4 is not a change/)
  })

  it('that is not compressed as its name says is refused', async () => {
    await expect(recordedHistory(await fileWith('h.jsonl.gz', 'plain'))).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
      cause: { code: 'Z_DATA_ERROR' },
    })
  })
})

describe('the history to load', () => {
  it('is the recorded one, and where that is missing a generated one takes its place', async () => {
    const path = await fileWith('h.jsonl', linesOf([created('a')]))
    expect((await openHistory({}, path)).origin).toEqual({ kind: 'file', path })
    expect((await openHistory({}, `${path}.gz`)).origin).toEqual({ kind: 'generated', seed: 1 })
    expect((await openHistory({ seed: 7 }, path)).origin).toEqual({ kind: 'generated', seed: 7 })
  })

  it('is never another one than what was asked for', async () => {
    const path = await fileWith('h.jsonl', linesOf([created('a')]))
    await expect(openHistory({ file: `${path}.gz` }, path)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(openHistory({ file: path, seed: 7 }, path)).rejects.toMatchObject({ code: 'VALIDATION_ERROR' })
  })
})

describe('a generated history', () => {
  const first = (count: number, seed = 1): Change[] => {
    const changes: Change[] = []
    for (const change of generateHistory(seed)) {
      changes.push(change)
      if (changes.length === count) break
    }
    return changes
  }

  it('is the same for the same seed only', () => {
    expect(first(500)).toEqual(first(500))
    expect(first(500)).not.toEqual(first(500, 2))
  })

  it('consists of changes as they are recorded, in the order of time, many at once', () => {
    const changes = first(2000)
    for (const change of changes) expect(Change.parse(JSON.parse(JSON.stringify(change)))).toEqual(change)
    const times = changes.map(({ at }) => at)
    expect(times).toEqual([...times].sort((a, b) => a - b))
    expect(new Set(times).size).toBeLessThan(changes.length / 5)
  })

  it('creates what does not exist, and updates and deletes what does', () => {
    const existing = new Set<string>()
    for (const { op, id } of first(2000)) {
      expect(existing.has(id)).toBe(op !== 'create')
      if (op === 'create') existing.add(id)
      if (op === 'delete') existing.delete(id)
    }
  })

  it('has all that is hard about the recorded one within a few hundred changes', () => {
    const changes = first(600)
    const sets = changes.flatMap((change) => (change.op === 'delete' ? [] : [change.set]))
    const keys = new Set(sets.flatMap((set) => Object.keys(set)))
    const recorded =
      'title description status priority assignee labels issue_type notes comments close_reason dependencies'
    expect([...keys].sort()).toEqual(recorded.split(' ').sort())

    const texts = sets.map(({ description }) => description ?? '').join('')
    for (const part of ['```go', '| op |', '\r\n', '\u2028', '\u{1f1e9}', '\\u0041']) expect(texts).toContain(part)

    const clearedFields = sets.flatMap((set) =>
      Object.entries(set).flatMap(([key, value]) => (value === null ? [key] : [])),
    )
    expect(new Set(clearedFields).size).toBeGreaterThan(5)

    const createdIds = changes.flatMap(({ op, id }) => (op === 'create' ? [id] : []))
    expect(new Set(createdIds).size).toBeLessThan(createdIds.length)
    expect(lateRelations(changes)).toEqual(new Set(['there', 'later', 'never']))
    expect(hasMutualRelation(changes)).toBe(true)
  })
})

/** Whether tasks that are named by relations are there, come later, or never come. */
const lateRelations = (changes: readonly Change[]): Set<string> => {
  const all = new Set(changes.flatMap(({ op, id }) => (op === 'create' ? [id] : [])))
  const so = new Set<string>()
  const found = new Set<string>()
  for (const change of changes) {
    if (change.op === 'create') so.add(change.id)
    if (change.op === 'delete') continue
    for (const { id } of change.set.dependencies ?? []) {
      found.add(so.has(id) ? 'there' : all.has(id) ? 'later' : 'never')
    }
  }
  return found
}

/** Whether two tasks block each other, or are each other's parent, at some time. */
const hasMutualRelation = (changes: readonly Change[]): boolean => {
  const declared = new Map<string, string[]>()
  return changes.some((change) => {
    if (change.op === 'delete') declared.delete(change.id)
    else if (change.set.dependencies !== undefined) {
      declared.set(
        change.id,
        (change.set.dependencies ?? []).map(({ id, type }) => `${type} ${id}`),
      )
    }
    const own = declared.get(change.id) ?? []
    return own.some((relation) => {
      const [type = '', id = ''] = relation.split(' ')
      return declared.get(id)?.includes(`${type} ${change.id}`)
    })
  })
}
