import type { EventOf, Project } from '../../events/index.ts'
import type { ProjectState } from '../../projections/index.ts'
import { AppError } from '../errors.ts'
import type { CreateProject, UpdateProject } from './command.ts'
import { changed, given, isEmpty } from './fields.ts'

export const createProject = ({
  name,
  workingDir,
  description,
  lifecycle,
}: CreateProject): EventOf<'project:created'> => ({
  type: 'project:created',
  data: { name, ...given({ workingDir, description, lifecycle }) },
})

type Fields = Pick<Project, 'name' | 'workingDir' | 'description' | 'lifecycle'>

export const updateProject = (
  { name, workingDir, description, lifecycle }: UpdateProject,
  project: Project,
): EventOf<'project:updated'> | undefined => {
  const changes = changed<Fields>(project, { name, workingDir, description, lifecycle })
  return isEmpty(changes) ? undefined : { type: 'project:updated', data: { changes } }
}

/** Throws PROJECT_HAS_DEPENDENCIES while it has tasks, else sessions. */
export const deleteProject = (state: ProjectState): EventOf<'project:deleted'> => {
  const rest: ReadonlyArray<readonly [count: number, what: string]> = [
    [state.task.size, 'task(s)'],
    [state.session.size, 'session(s)'],
  ]
  for (const [count, what] of rest) {
    if (count > 0)
      throw new AppError('PROJECT_HAS_DEPENDENCIES', `Cannot delete project with ${count} existing ${what}`)
  }
  return { type: 'project:deleted', data: {} }
}
