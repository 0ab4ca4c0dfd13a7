import { canonical, type ProjectId } from '../../../events/index.ts'
import type { StoreFixture } from '../store-fixture.ts'
import type { ModelProject } from './world.ts'

/** All that there is of a project in the model, in the order in which it was made. */
export const allOf = ({ project, tasks, sessions }: ModelProject): string[] =>
  [...(project === undefined ? [] : [project]), ...tasks, ...sessions].map(textOf)

/** The same as a server has it. */
export const seenIn = (server: StoreFixture, projectId: ProjectId): string[] => {
  const { project, task, session } = server.stateOf(projectId)
  return [project.rows(), task.rows(), session.rows()].flatMap((rows) => [...rows].map(textOf))
}

export const textOf = ({ entity, version }: { readonly entity: object; readonly version: number }): string =>
  canonical({ entity, version })
