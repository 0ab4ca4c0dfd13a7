import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { adopt, entitiesOf, foldLogs } from '../support/adoption.ts'
import { oldData } from '../support/old-data.ts'
import { readTree, within, writeTree } from '../support/trees.ts'

it('whatever is in a directory, the fold of its logs tells exactly what its files told', async () => {
  await fc.assert(
    fc.asyncProperty(oldData, async ({ files, bad, ...expected }) => {
      const dir = await mkdtemp(join(tmpdir(), 'maestro-test-'))
      try {
        await writeTree(dir, files)
        const before = await readTree(dir)
        const { adoption, lines } = await adopt(dir)
        const after = await readTree(dir)
        expect(within(after, 'projects', 'tasks', 'sessions')).toEqual(before)
        expect(await readTree(adoption?.originals ?? '')).toEqual(before)
        const warned = lines.filter(({ level }) => level === 'warn').map(({ fields }) => fields.path)
        expect(warned).toEqual([...bad].sort())

        const logs = await foldLogs(dir)
        const { projects, tasks, sessions } = entitiesOf(logs)
        expect([...projects.values()].sort(byId)).toEqual([...expected.projects].sort(byId))
        expect([...tasks.values()].map(withSorted('sessionIds')).sort(byId)).toEqual([...expected.tasks].sort(byId))
        expect([...sessions.values()].map(withSorted('taskIds')).sort(byId)).toEqual([...expected.sessions].sort(byId))
        for (const { state } of logs.values()) {
          const times = [...state.task.rows()].map(({ entity }) => entity.createdAt)
          expect(times).toEqual([...times].sort((a, b) => a - b))
        }
      } finally {
        await rm(dir, { recursive: true })
      }
    }),
    { numRuns: 40 },
  )
})

const byId = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : 1)

/** Links have no order of their own. */
const withSorted =
  <K extends string>(key: K) =>
  <T extends Readonly<Record<K, readonly string[]>>>(entity: T): T => ({ ...entity, [key]: [...entity[key]].sort() })
