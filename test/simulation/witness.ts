import type { Log } from '../../src/log/log.ts'
import type { SyncPolicy } from '../../src/log/project-log.ts'
import type { Snapshots } from '../../src/log/snapshots.ts'
import type { Timeline } from './timeline.ts'

/** The same log, with a note of all that is asked of it and promised by it. */
export const witnessedLog = (log: Log, timeline: Timeline, fsync: SyncPolicy): Log => ({
  list: () => log.list(),
  replay: (projectId, from, visit) => log.replay(projectId, from, visit),
  append: async (projectId, expected, drafts) => {
    timeline.attempt(projectId, drafts)
    try {
      const result = await log.append(projectId, expected, drafts)
      if (result.kind === 'conflict') throw new Error('nobody else appends')
      timeline.committed(projectId, result.lines)
      const last = result.lines.at(-1)
      if (last !== undefined && fsync === 'always') timeline.acknowledge(projectId, last.next)
      return result
    } catch (error) {
      // What was written before a sync failed may be found, or not.
      if (log.status(projectId).kind === 'open') timeline.refused(projectId)
      throw error
    }
  },
  read: (projectId, from, limit) => log.read(projectId, from, limit),
  head: (projectId) => log.head(projectId),
  status: (projectId) => log.status(projectId),
  moved: (projectId, offset, signal) => log.moved(projectId, offset, signal),
  close: async () => {
    await log.close()
    // Whatever the policy, closing makes everything durable, except in logs that could not be synced before.
    for (const projectId of await log.list()) {
      if (log.status(projectId).kind === 'open') timeline.acknowledge(projectId, log.head(projectId))
    }
  },
})

export const witnessedSnapshots = (snapshots: Snapshots, timeline: Timeline): Snapshots => ({
  ...snapshots,
  write: async (projectId, offset, header, slices) => {
    await snapshots.write(projectId, offset, header, slices)
    timeline.snapshot(projectId, offset)
  },
})
