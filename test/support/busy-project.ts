import type { ProjectId, TaskId } from '../../events/index.ts'
import {
  addSessionEvent,
  createProject,
  createSession,
  createSubtask,
  createTask,
  deleteSession,
  deleteTask,
  linkTask,
  unlinkTask,
  updateSession,
  updateTask,
} from './commands.ts'
import { type StoreFixture, withKey } from './store-fixture.ts'
import { session } from './vocabulary.ts'

export interface BusyProject {
  readonly id: ProjectId
  /** One of its tasks. */
  readonly root: TaskId
  /** All the tasks it has or had. */
  readonly tasks: readonly TaskId[]
}

/** A project of some thirty records in which entities were linked, changed, deleted, and came again. */
export const busyProject = async (fixture: StoreFixture): Promise<BusyProject> => {
  const { sight } = await fixture.store.createProject(createProject({ name: 'Busy' }), withKey('create'))
  if (sight.kind !== 'project') throw new Error('no project')
  const { id } = sight
  const [root, child, leaf] = [await fixture.givenTask(id), await fixture.givenTask(id), await fixture.givenTask(id)]
  const [one, two] = [session('one'), session('two')]
  const commands = [
    createSession({ sessionId: one, taskIds: [root, child] }),
    createSession({ sessionId: two, taskIds: [leaf], metadata: { a: 1, b: { c: null } } }),
    updateTask(child, { parentId: root, dependencies: [leaf], status: 'in_progress' }),
    updateTask(leaf, { parentId: child, sessionIds: [two, one] }),
    createSubtask({ taskId: child, title: 'Step' }),
    addSessionEvent({ sessionId: two, event: { type: 'note', data: { message: 'Half' } }, taskId: leaf }),
    deleteSession(one),
    createSession({ sessionId: one, taskIds: [leaf, root] }),
    unlinkTask(two, leaf),
    linkTask(two, root),
    updateSession(one, { status: 'completed', env: { A: '1' } }),
    deleteTask(leaf),
    createTask({ title: 'Last', dependencies: [child] }),
    updateTask(root, { status: 'completed', timeline: [{ type: 'milestone', message: 'Done' }] }),
  ]
  for (const [i, command] of commands.entries()) {
    fixture.now += 1000
    await fixture.send(id, command, withKey(`key-${i}`))
  }
  return { id, root, tasks: [root, child, leaf] }
}
