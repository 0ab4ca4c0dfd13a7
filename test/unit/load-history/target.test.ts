import { describe, expect, it } from 'vitest'
import type { Project } from '../../../events/index.ts'
import { sha256 } from '../../../src/platform/hash.ts'
import { keysKept } from '../../../src/store/idempotency.ts'
import type { Api } from '../../../tools/load-history/sending/api.ts'
import { openTarget } from '../../../tools/load-history/target.ts'
import { projectId, timeAt } from '../../support/vocabulary.ts'

/** An API with one project, which notes the keys of projects that are created. */
const apiWith = (fields: Partial<Project>, records: number) => {
  const keys: string[] = []
  const at = timeAt(0)
  const api: Api = {
    send: async (_, key) => {
      keys.push(key)
      return { offset: 0, hash: sha256(''), replayed: false, id: projectId }
    },
    project: async () => ({
      ...{ id: projectId, name: 'P', workingDir: '', description: '', lifecycle: 'open', createdAt: at, updatedAt: at },
      ...fields,
    }),
    recordsOf: async () => records,
  }
  return { api, keys }
}

describe('the project to load into', () => {
  it('is created under a key that its name gives', async () => {
    const { api, keys } = apiWith({}, 1)
    for (const name of ['One', 'Two', 'One', 'Drei \u{1f980} "']) {
      expect((await openTarget({ kind: 'named', name }, api)).id).toBe(projectId)
    }
    expect(keys[2]).toBe(keys[0])
    expect(new Set(keys).size).toBe(3)
  })

  it('may be one that is there, as long as the server remembers all that was done in it', async () => {
    const target = { kind: 'existing', id: projectId } as const
    expect((await openTarget(target, apiWith({}, keysKept).api)).id).toBe(projectId)
    await expect(openTarget(target, apiWith({}, keysKept + 1).api)).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
      message: expect.stringContaining('a second time'),
    })
  })

  it('must let every status follow every other', async () => {
    const strict = apiWith({ lifecycle: 'strict' }, 1).api
    await expect(openTarget({ kind: 'named', name: 'P' }, strict)).rejects.toThrow('strict lifecycle')
  })
})
