import { describe, expect, it } from 'vitest'
import { projectAdopted, projectCreated, projectDeleted, projectUpdated } from '../../support/events.ts'
import { fold } from '../../support/fold.ts'
import { projectId, timeAt } from '../../support/vocabulary.ts'

describe('a project', () => {
  it('starts with these defaults', () => {
    const { state } = fold(projectCreated({ name: 'Atlas' }))
    expect(state.project.get(projectId)).toEqual({
      entity: {
        id: projectId,
        name: 'Atlas',
        workingDir: '',
        description: '',
        lifecycle: 'open',
        createdAt: timeAt(0),
        updatedAt: timeAt(0),
      },
      version: 0,
      created: 0,
    })
  })

  it('starts with what was given', () => {
    const given = { name: 'Atlas', workingDir: '/src', description: 'Maps', lifecycle: 'strict' } as const
    const { state } = fold(projectCreated(given))
    expect(state.project.get(projectId)?.entity).toMatchObject(given)
  })

  it('takes changes over and keeps the rest', () => {
    const { state } = fold(projectCreated({ name: 'Atlas', workingDir: '/src' }), projectUpdated({ name: 'Globe' }))
    expect(state.project.get(projectId)).toMatchObject({
      entity: { name: 'Globe', workingDir: '/src', createdAt: timeAt(0), updatedAt: timeAt(1) },
      version: 1,
      created: 0,
    })
  })

  it('is gone once deleted', () => {
    const history = fold(projectCreated(), projectDeleted())
    expect(history.state.project.get(projectId)).toBeUndefined()
    expect(history.changes[1]).toMatchObject([{ kind: 'project', id: projectId, after: undefined }])
  })

  it('is adopted as it is', () => {
    const adopted = projectAdopted({ name: 'Old', lifecycle: 'strict' })
    const { state } = fold(adopted)
    expect(state.project.get(projectId)?.entity).toEqual(adopted.data.entity)
  })
})
