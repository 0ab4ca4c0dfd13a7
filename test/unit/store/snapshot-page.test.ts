import { expect, it } from 'vitest'
import type { DomainEvent } from '../../../events/index.ts'
import { foldVersion, listSessions, listTasks, ProjectState, rebuild, stateHash } from '../../../projections/index.ts'
import { sha256 } from '../../../src/platform/hash.ts'
import { type Capture, openSnapshot, restoreRow, snapshotVersion, textsOf } from '../../../src/store/snapshot.ts'
import { projectCreated, sessionCreated, taskCreated, taskUpdated } from '../../support/events.ts'
import { recordOf } from '../../support/fold.ts'
import { storedRow } from '../../support/memory-snapshots.ts'
import { projectId, recordIdAt, session, task } from '../../support/vocabulary.ts'

/** A project with so many tasks, each under the one before the last, waiting for the one before, and of every other status. */
const projectOf = (tasks: number): ProjectState => {
  const numbers = Array.from({ length: tasks }, (_, i) => i)
  const events: DomainEvent[] = [
    projectCreated(),
    ...numbers.flatMap((i) => [
      taskCreated(task(`${i}`), { ...(i > 1 && { parentId: task(`${i - 2}`) }), title: `Ünder ${i}` }),
      taskUpdated(task(`${i}`), {
        status: i % 2 === 0 ? 'pending' : 'blocked',
        dependencies: i > 0 ? [task(`${i - 1}`)] : [],
      }),
    ]),
    ...numbers.map((i) => sessionCreated(session(`${i}`), { taskIds: [task(`${i}`)] })),
  ]
  const state = new ProjectState()
  for (const [offset, event] of events.entries()) rebuild(state, recordOf(event, offset))
  return state
}

const header = {
  ...{ v: snapshotVersion, foldVersion, projectId, offset: 9, hash: sha256(''), at: 0, id: recordIdAt(8) },
  stateHash: sha256(''),
}

/** What comes out of a snapshot of a state. */
const throughSnapshot = ({ project, task, session }: ProjectState): ProjectState => {
  const capture: Capture = {
    ...{ projectId, position: { offset: 9, hash: sha256('') }, at: 0, id: recordIdAt(8), keys: [] },
    ...{ project: [...project.rows()], tasks: [...task.rows()], sessions: [...session.rows()] },
  }
  const rows = Array.from(textsOf(capture, []), (text) => storedRow(text()))
  const snapshot = openSnapshot({ header: JSON.stringify(header), rows }, projectId, 9)
  const state = new ProjectState()
  for (const row of snapshot?.rows ?? []) if (row.kind === 'entity') restoreRow(state, row)
  return state
}

it.each([0, 1, 499, 500, 501, 1203])(
  '%i tasks, and their sessions, come out of a snapshot as they went in',
  (tasks) => {
    const before = projectOf(tasks)
    const after = throughSnapshot(before)
    for (const kind of ['project', 'task', 'session'] as const) {
      expect([...after[kind].entries()]).toEqual([...before[kind].entries()])
    }
    expect(stateHash(after, sha256)).toBe(stateHash(before, sha256))
    // Indexes are made of the heads alone.
    for (const filter of [
      { status: 'blocked' },
      { parentId: null },
      { parentId: task('7'), status: 'blocked' },
    ] as const) {
      expect(listTasks(after, filter)).toEqual(listTasks(before, filter))
    }
    expect(listSessions(after, { taskId: task('7'), active: true })).toEqual(
      listSessions(before, { taskId: task('7'), active: true }),
    )
    expect([...after.task.find('dependency', task('7'))]).toEqual([...before.task.find('dependency', task('7'))])
  },
)
