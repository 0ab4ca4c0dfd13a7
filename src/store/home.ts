import { openLine, type ProjectId, type Session, type Sha256, type Task } from '../../events/index.ts'
import { touches } from '../../projections/history.ts'
import { ProjectState, type Row, type Subject } from '../../projections/index.ts'
import { lineFeed } from './line-fields.ts'
import type { Store } from './store.ts'

/** A task or a session, by name. */
export type Member = Extract<Subject, { kind: 'task' } | { kind: 'session' }>

/** A task or a session as it is now. */
export const rowOf = (store: Pick<Store, 'task' | 'session'>, member: Member): Row<Task | Session> | undefined =>
  member.kind === 'task' ? store.task(member.id) : store.session(member.id)

/** The first of some projects that has had a task or a session, which may be deleted since; undefined if none has. */
export const formerHomeOf = async (
  store: Pick<Store, 'read'>,
  member: Member,
  projects: readonly ProjectId[],
  sha256: Sha256,
): Promise<ProjectId | undefined> => {
  for (const projectId of projects) if (await mentions(store, projectId, member, sha256)) return projectId
  return undefined
}

const nothing = new ProjectState()

/** Whether a log has a record that names an entity as one that it does something to. What does not hold its id is not read. */
const mentions = async (
  store: Pick<Store, 'read'>,
  projectId: ProjectId,
  { kind, id }: Member,
  sha256: Sha256,
): Promise<boolean> => {
  const name = `"${id}"`
  for await (const { bytes } of store.read(projectId, 0)) {
    const lines = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    for (let at = lines.indexOf(name); at !== -1; ) {
      const end = lines.indexOf(lineFeed, at)
      const opened = openLine(lines.subarray(lines.lastIndexOf(lineFeed, at) + 1, end), sha256)
      if (opened.kind === 'record' && touches(nothing, opened.record, id, kind)) return true
      at = lines.indexOf(name, end)
    }
  }
  return false
}
