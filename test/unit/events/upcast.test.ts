import { describe, expect, it } from 'vitest'
import { canonical, openLine, sealLine, start, type Upcaster, upcast } from '../../../events/index.ts'
import { sha256 } from '../../../src/platform/hash.ts'
import { taskCreated } from '../../support/events.ts'
import { draftOf } from '../../support/logs.ts'
import { task } from '../../support/vocabulary.ts'

/** Made up: in version 1 a task had a name, which version 2 calls its title. */
const nameBecomesTitle: Upcaster = (event) => {
  if (event.type !== 'task:created' || typeof event.data !== 'object' || event.data === null) return { ...event, v: 2 }
  const { name, ...data } = { name: undefined, ...event.data }
  return { v: 2, type: event.type, data: { ...data, title: name } }
}
/** Made up: version 3 tells apart what version 2 called one type. */
const renamed: Upcaster = ({ type, data }) => ({ v: 3, type: type === 'task:made' ? 'task:created' : type, data })

const created = (data: object) => ({ v: 1, type: 'task:created', data })

describe('an event of the present version', () => {
  it('is taken as it is', () => {
    expect(upcast(created({ taskId: 'task_a', title: 'A' }))).toEqual({
      kind: 'event',
      event: taskCreated(task('a'), { title: 'A' }),
    })
  })

  it('is malformed when its data is not what its type says', () => {
    expect(upcast(created({ taskId: 'task_a' }))).toMatchObject({
      kind: 'malformed',
      reason: expect.stringContaining('data of task:created'),
    })
  })
})

describe('an event of an older version', () => {
  it('takes every step to the present one', () => {
    expect(upcast(created({ taskId: 'task_a', name: 'A' }), [nameBecomesTitle])).toEqual({
      kind: 'event',
      event: taskCreated(task('a'), { title: 'A' }),
    })
    expect(
      upcast({ v: 1, type: 'task:made', data: { taskId: 'task_a', title: 'A' } }, [nameBecomesTitle, renamed]),
    ).toEqual({
      kind: 'event',
      event: taskCreated(task('a'), { title: 'A' }),
    })
  })

  it('takes only the steps behind its own version', () => {
    const event = { v: 2, type: 'task:created', data: { taskId: 'task_a', title: 'A' } }
    expect(upcast(event, [nameBecomesTitle])).toMatchObject({ kind: 'event', event: { data: { title: 'A' } } })
    expect(upcast({ ...event, type: 'task:made' }, [nameBecomesTitle, renamed])).toMatchObject({ kind: 'event' })
  })

  it('is malformed when the steps do not make it an event', () => {
    expect(upcast(created({ taskId: 'task_a' }), [nameBecomesTitle])).toMatchObject({ kind: 'malformed' })
  })

  it('is upcast when its line is opened, and the line stays as it is', () => {
    const draft = { ...draftOf(taskCreated(task('a')), 0), data: canonical({ taskId: 'task_a', name: 'A' }) }
    const line = Buffer.from(sealLine(draft, start, 0, sha256).text.trimEnd())
    expect(openLine(line, sha256)).toMatchObject({ kind: 'bad' })
    expect(openLine(line, sha256, [nameBecomesTitle])).toMatchObject({
      kind: 'record',
      record: { type: 'task:created', data: { taskId: 'task_a', title: 'A' }, digest: sha256(draft.data) },
    })
  })
})

describe('an event that this server does not know', () => {
  it.each([
    ['by its version', { v: 2, type: 'task:created', data: {} }, 'record version 2, this server reads up to 1'],
    ['by its type', { v: 1, type: 'task:archived', data: {} }, 'unknown record type task:archived'],
  ])('%s needs a newer one', (_, event, reason) => {
    expect(upcast(event)).toEqual({ kind: 'newer', reason })
  })

  it('is known once there are steps for it', () => {
    expect(
      upcast({ v: 3, type: 'task:created', data: { taskId: 'a', title: 'A' } }, [nameBecomesTitle, renamed]).kind,
    ).toBe('event')
    expect(upcast({ v: 4, type: 'task:created', data: {} }, [nameBecomesTitle, renamed]).kind).toBe('newer')
  })
})
