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
    await snapshots.remove(projectId, offset)
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
  committed.restore(snapshot, visitor)
  try {
    await log.replay(projectId, committed.head, replayInto(committed, visitor))
    return committed
  } catch (error) {
    if (error instanceof AppError && error.code === 'HISTORY_DIVERGED') return undefined
    throw error
  }
}

const replayInto =
  (committed: Committed, visitor: LoadVisitor): Parameters<Surroundings['log']['replay']>[2] =>
  (record) => {
    visitor.record(record, committed.state)
    committed.rebuild(record)
  }
