import { beforeEach, describe, expect, it } from 'vitest'
import { type DomainEvent, ProjectId, start } from '../../../events/index.ts'
import type { Change } from '../../../projections/index.ts'
import { Directory } from '../../../src/store/directory.ts'
import type { Outcome } from '../../../src/store/stage.ts'
import { projectCreated, sessionCreated, sessionDeleted, taskCreated, taskDeleted } from '../../support/events.ts'
import { Fold } from '../../support/fold.ts'
import { projectId, session, task } from '../../support/vocabulary.ts'

const other = ProjectId.parse('proj_other')
const durable: Promise<Outcome> = Promise.resolve({ kind: 'committed', next: start })

let directory: Directory
let history: Fold
beforeEach(() => {
  directory = new Directory()
  history = new Fold()
})

const changesOf = (...events: DomainEvent[]): Change[] => events.flatMap((event) => history.add(event))

describe('the directory', () => {
  it('knows the project of a task and of a session from when they are durable until they are deleted', () => {
    const created = changesOf(taskCreated(task('t')), sessionCreated(session('s'), { taskIds: [task('t')] }))
    expect(directory.projectOfTask(task('t'))).toBeUndefined()
    directory.commit(created, projectId)
    expect(directory.projectOfTask(task('t'))).toBe(projectId)
    expect(directory.projectOfSession(session('s'))).toBe(projectId)
    directory.commit(changesOf(sessionDeleted(session('s')), taskDeleted(task('t'))), projectId)
    expect(directory.projectOfTask(task('t'))).toBeUndefined()
    expect(directory.projectOfSession(session('s'))).toBeUndefined()
  })

  it('takes over all of a project that is loaded', () => {
    changesOf(projectCreated(), taskCreated(task('t')), sessionCreated(session('s')))
    directory.adopt(history.state, projectId)
    expect(directory.projectOfTask(task('t'))).toBe(projectId)
    expect(directory.projectOfSession(session('s'))).toBe(projectId)
  })
})

describe('a session id that is reserved', () => {
  it('is in its project, with how that will end, until it is released', () => {
    const created = changesOf(sessionCreated(session('s')))
    expect(directory.claimOn(session('s'))).toBeUndefined()
    directory.reserve(created, projectId, durable)
    expect(directory.projectOfSession(session('s'))).toBe(projectId)
    expect(directory.claimOn(session('s'))).toEqual({ projectId, outcome: durable })
    directory.release(created)
    expect(directory.projectOfSession(session('s'))).toBeUndefined()
    expect(directory.claimOn(session('s'))).toBeUndefined()
    directory.reserve(created, other, durable)
    expect(directory.projectOfSession(session('s'))).toBe(other)
  })

  it('is no claim any more when it is durable', () => {
    const created = changesOf(sessionCreated(session('s')))
    directory.reserve(created, projectId, durable)
    directory.commit(created, projectId)
    expect(directory.claimOn(session('s'))).toBeUndefined()
    expect(directory.projectOfSession(session('s'))).toBe(projectId)
  })

  it('is not released by a change of a session that is there already', () => {
    directory.commit(changesOf(sessionCreated(session('s'))), projectId)
    const deleted = changesOf(sessionDeleted(session('s')))
    directory.reserve(deleted, projectId, durable)
    expect(directory.claimOn(session('s'))).toBeUndefined()
    directory.release(deleted)
    expect(directory.projectOfSession(session('s'))).toBe(projectId)
  })
})
