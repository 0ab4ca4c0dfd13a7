import { describe, it } from 'vitest'
import { createProject, deleteProject, updateProject } from '../../support/commands.ts'
import {
  projectCreated,
  projectDeleted,
  projectUpdated,
  sessionCreated,
  taskCreated,
  taskDeleted,
} from '../../support/events.ts'
import { given } from '../../support/given.ts'
import { session, task } from '../../support/vocabulary.ts'

describe('creating a project', () => {
  it('records the fields that were given and no others', () => {
    given()
      .when(createProject({ name: 'Atlas' }))
      .emits(projectCreated({ name: 'Atlas' }))
    given()
      .when(createProject({ name: 'Atlas', workingDir: '/src', description: 'Maps', lifecycle: 'strict' }))
      .emits(projectCreated({ name: 'Atlas', workingDir: '/src', description: 'Maps', lifecycle: 'strict' }))
  })

  it('takes fields that a parser left undefined as not given', () => {
    given()
      .when(createProject({ name: 'Atlas', workingDir: undefined, lifecycle: undefined }))
      .emits(projectCreated({ name: 'Atlas' }))
  })
})

describe('updating a project', () => {
  it('records what changes only', () => {
    given(projectCreated({ name: 'Atlas', description: 'Maps' }))
      .when(updateProject({ name: 'Atlas', description: 'Charts', lifecycle: 'strict' }))
      .emits(projectUpdated({ description: 'Charts', lifecycle: 'strict' }))
  })

  it('changes nothing when every field is as it was', () => {
    const atlas = given(projectCreated({ name: 'Atlas' }))
    atlas.when(updateProject({ name: 'Atlas', workingDir: '', description: '', lifecycle: 'open' })).changesNothing()
    atlas.when(updateProject({})).changesNothing()
  })
})

describe('deleting a project', () => {
  it('is recorded for an empty one', () => {
    given(projectCreated()).when(deleteProject()).emits(projectDeleted())
  })

  it('is recorded once its tasks are gone', () => {
    given(projectCreated(), taskCreated(task('a')), taskDeleted(task('a')))
      .when(deleteProject())
      .emits(projectDeleted())
  })

  it('is refused while it has tasks, with their number', () => {
    given(projectCreated(), taskCreated(task('a')), taskCreated(task('b')), taskCreated(task('c')))
      .when(deleteProject())
      .refuses('PROJECT_HAS_DEPENDENCIES', 'Cannot delete project with 3 existing task(s)')
  })

  it('is refused while it has sessions, with their number', () => {
    given(projectCreated(), sessionCreated(session('s')))
      .when(deleteProject())
      .refuses('PROJECT_HAS_DEPENDENCIES', 'Cannot delete project with 1 existing session(s)')
  })

  it('names tasks before sessions', () => {
    given(projectCreated(), sessionCreated(session('s')), taskCreated(task('a')))
      .when(deleteProject())
      .refuses('PROJECT_HAS_DEPENDENCIES', 'Cannot delete project with 1 existing task(s)')
  })
})
