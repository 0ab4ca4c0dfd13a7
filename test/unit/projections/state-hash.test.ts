import { describe, expect, it } from 'vitest'
import { canonical, type DomainEvent } from '../../../events/index.ts'
import { ProjectState, rebuild, stateHash } from '../../../projections/index.ts'
import { sha256 } from '../../../src/platform/hash.ts'
import { projectCreated, sessionCreated, taskCreated, taskUpdated } from '../../support/events.ts'
import { fold, recordOf } from '../../support/fold.ts'
import { projectId, session, task } from '../../support/vocabulary.ts'

describe('the hash of a state', () => {
  it('is that of the sorted lines of ids and canonical entities', () => {
    const history = fold(projectCreated(), taskCreated(task('b')), taskCreated(task('a')), sessionCreated(session('s')))
    const project = history.state.project.get(projectId)?.entity ?? {}
    const lines = [
      `${projectId} ${sha256(canonical(project))}\n`,
      `${session('s')} ${sha256(canonical(history.session(session('s'))))}\n`,
      `${task('a')} ${sha256(canonical(history.task(task('a'))))}\n`,
      `${task('b')} ${sha256(canonical(history.task(task('b'))))}\n`,
    ]
    expect(stateHash(history.state, sha256)).toBe(sha256(lines.join('')))
  })

  it('of an empty state is that of nothing', () => {
    expect(stateHash(new ProjectState(), sha256)).toBe(sha256(''))
  })

  it('does not depend on the order of creation, only on what is true', () => {
    const history = fold(projectCreated(), taskCreated(task('a')), taskCreated(task('b')))
    const turned = new ProjectState()
    for (const id of [task('b'), task('a')]) turned.task.set(id, history.task(id), 0)
    for (const { entity } of history.state.project.rows()) turned.project.set(entity.id, entity, 0)
    expect(stateHash(turned, sha256)).toBe(stateHash(history.state, sha256))
  })

  it('hashes an entity once for as long as it stays as it is', () => {
    const hashed: string[] = []
    const counting: typeof sha256 = (data) => {
      if (String(data).startsWith('{')) hashed.push(String(data))
      return sha256(data)
    }
    const state = new ProjectState()
    const add = (event: DomainEvent, offset: number) => rebuild(state, recordOf(event, offset))
    for (const [offset, event] of [projectCreated(), taskCreated(task('a')), taskCreated(task('b'))].entries())
      add(event, offset)
    const first = stateHash(state, counting)
    expect(hashed).toHaveLength(3)
    expect(stateHash(state, counting)).toBe(first)
    expect(hashed).toHaveLength(3)
    add(taskUpdated(task('a'), { title: 'A' }), 3)
    expect(stateHash(state, counting)).not.toBe(first)
    expect(hashed).toHaveLength(4)
  })
})
