import { type ProjectId, start } from '../../events/index.ts'
import { AppError } from '../errors.ts'
import { Committed } from './committed.ts'
import type { Surroundings } from './dependencies.ts'
import type { LoadVisitor } from './load-visitor.ts'
import { openSnapshot } from './snapshot.ts'

/**
 * Rebuilds what is durable of a project from the newest snapshot that fits its log and the records after it; a snapshot
 * that does not fit is thrown away. This is also where the log recovers from a crash.
 */
export const loadProject = async (
  sources: Pick<Surroundings, 'log' | 'snapshots'>,
  projectId: ProjectId,
  visitor: LoadVisitor,
): Promise<Committed> => {
  const { snapshots } = sources
  for (const offset of await snapshots.list(projectId)) {
    const committed = await loadFrom(sources, projectId, offset, visitor)
    if (committed !== undefined) return committed
    await discard(snapshots, projectId, offset, visitor)
  }
  const committed = new Committed(projectId)
  await sources.log.replay(projectId, start, replayInto(committed, visitor))
  return committed
}

const loadFrom = async (
  { log, snapshots }: Pick<Surroundings, 'log' | 'snapshots'>,
  projectId: ProjectId,
  offset: number,
  visitor: LoadVisitor,
): Promise<Committed | undefined> => {
  const stored = await snapshots.read(projectId, offset)
  const snapshot = stored && openSnapshot(stored, projectId, offset)
  if (snapshot === undefined) return undefined
  const committed = new Committed(projectId)
  const gone = committed.restore(snapshot)
  visitor.restored(projectId)
  try {
    await log.replay(projectId, committed.head, replayInto(committed, visitor))
    for (const subject of gone) visitor.gone(projectId, subject)
    return committed
  } catch (error) {
    if (error instanceof AppError && error.code === 'HISTORY_DIVERGED') return undefined
    throw error
  }
}

/** One that cannot be removed is found useless again at the next start; it does not keep this one from going on. */
const discard = async (
  snapshots: Surroundings['snapshots'],
  projectId: ProjectId,
  offset: number,
  visitor: LoadVisitor,
): Promise<void> => {
  try {
    await snapshots.remove(projectId, offset)
    visitor.discarded(projectId, offset)
  } catch (error) {
    visitor.discarded(projectId, offset, error)
  }
}

const replayInto =
  (committed: Committed, visitor: LoadVisitor): Parameters<Surroundings['log']['replay']>[2] =>
  (record) => {
    visitor.record(record, committed.rebuild(record))
  }
