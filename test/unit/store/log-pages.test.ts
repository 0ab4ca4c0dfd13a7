import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { allowing, type Position, type ProjectId, start, type TypeFilter } from '../../../events/index.ts'
import type { Commit } from '../../../src/store/commit.ts'
import { readPage, type Selection } from '../../../src/store/log-pages.ts'
import { type BusyProject, busyProject } from '../../support/busy-project.ts'
import { openStore, type StoreFixture } from '../../support/store-fixture.ts'

let fixture: StoreFixture
let project: BusyProject
let commits: Commit[]
beforeAll(async () => {
  fixture = await openStore()
  commits = []
  fixture.store.subscribe((more) => commits.push(...more))
  project = await busyProject(fixture)
})

const everything: Selection = { allows: () => true, entity: undefined }

/** Reads on until the head, with limits that change from page to page. */
const pagesOf = async (
  store: StoreFixture['store'],
  id: ProjectId,
  from: Position,
  selection: Selection,
  sizes: readonly number[],
): Promise<string[]> => {
  const lines: string[] = []
  let position = from
  for (let i = 0; position.offset < store.positionOf(id).offset; i += 1) {
    const records = sizes[i % sizes.length] ?? 1
    const page = await readPage(store, id, position, selection, { records, bytes: 1500 })
    const text = Buffer.concat(page.stretches).toString()
    const own = text === '' ? [] : text.trimEnd().split('\n')
    expect(own).toHaveLength(page.count)
    expect(page.count).toBeLessThanOrEqual(records)
    expect(page.next.offset).toBeGreaterThan(position.offset)
    expect(page.next).toEqual(await store.positionAt(id, page.next.offset))
    lines.push(...own)
    position = page.next
  }
  return lines
}

const filters = fc.option(
  fc.uniqueArray(
    fc.constantFrom<TypeFilter>(
      'task:*',
      'session:*',
      'task:created',
      'session:deleted',
      'project:*',
      'subtask:updated',
    ),
    { minLength: 1 },
  ),
  { nil: undefined },
)

describe.each([
  ['from the log', async () => {}],
  [
    'of which the newest are in memory',
    async () => {
      fixture.store.recent.follow()
      for (const commit of commits.slice(12)) fixture.store.recent.add(commit)
    },
  ],
])('pages %s', (_, prepare) => {
  beforeAll(() => prepare())

  it('together are the records that are wanted, each once, in order, and as they are in the log', async () => {
    const ids = ['nobody', ...new Set(commits.flatMap(({ changes }) => changes.map(({ id }) => id)))]
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: commits.length }),
        filters,
        fc.option(fc.constantFrom(...ids), { nil: undefined }),
        fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 4 }),
        async (offset, types, entity, sizes) => {
          const selection = { allows: allowing(types), entity }
          const from = await fixture.store.positionAt(project.id, offset)
          const wanted = commits
            .slice(offset)
            .filter(({ record }) => selection.allows(record.type))
            .filter(({ changes }) => entity === undefined || changes.some(({ id }) => id === entity))
            .map(({ line }) => line.trimEnd())
          expect(await pagesOf(fixture.store, project.id, from, selection, sizes)).toEqual(wanted)
        },
      ),
      { numRuns: 200 },
    )
  })

  it('end with the line that makes them long enough, and hold at least one', async () => {
    const [first = '', second = ''] = commits.map(({ line }) => line)
    const page = (bytes: number) => readPage(fixture.store, project.id, start, everything, { records: 9, bytes })
    expect((await page(1)).count).toBe(1)
    expect((await page(first.length)).count).toBe(1)
    expect((await page(first.length + 1)).count).toBe(2)
    expect((await page(first.length + second.length + 1)).count).toBe(3)
  })

  it('at the head are empty', async () => {
    const head = fixture.store.positionOf(project.id)
    expect(await readPage(fixture.store, project.id, head, everything, { records: 9, bytes: 9 })).toEqual({
      next: head,
      count: 0,
      stretches: [],
    })
  })
})
