import type { ProjectId } from '../../events/index.ts'
import { evolve, ProjectState, rebuild } from '../../projections/index.ts'
import type { Snapshots, StoredRow } from '../log/snapshots.ts'
import type { Pace } from '../platform/pace.ts'
import type { Commit } from './commit.ts'
import type { Surroundings } from './dependencies.ts'
import { paced } from './pacer.ts'
import { type ReadRecord, readRecords } from './records.ts'
import { openSnapshot, restoreRow } from './snapshot.ts'
import { type Waypoint, Waypoints } from './waypoints.ts'

/** The past of projects, folded anew from their logs. */
export interface History {
  /** What was true right before the record at `offset`. The state belongs to the caller; what is in it is shared. */
  stateBefore(projectId: ProjectId, offset: number): Promise<ProjectState>
  /** The records from an offset on, at most `limit`, with their lines. */
  recordsFrom(projectId: ProjectId, offset: number, limit?: number): AsyncGenerator<ReadRecord>
  /** The commits from an offset on, up to the head of when they are reached. */
  commitsFrom(projectId: ProjectId, offset: number): AsyncGenerator<Commit>
}

export interface HistoryOptions {
  /** How many states of a log are kept, if there is room: one in so many records. */
  readonly waypointEvery?: (records: number) => number
  readonly waypoints?: Waypoints
}

export type HistorySources = Pick<Surroundings, 'log' | 'snapshots' | 'sha256' | 'pace'>

/** Sixteen in a long log, and none that is cheaply had without. */
const usualDistance = (records: number): number => 2 ** Math.ceil(Math.log2(Math.max(records / 16, 4096)))

export const createHistory = (
  { log, snapshots, sha256, pace }: HistorySources,
  { waypointEvery = usualDistance, waypoints = new Waypoints() }: HistoryOptions = {},
): History => {
  const recordsFrom: History['recordsFrom'] = (projectId, offset, limit) =>
    paced(readRecords(log, sha256, projectId, offset, limit), pace)

  /** The nearest state that is kept, or that a snapshot has; the latter only if it is nearer by far, since it has to be read. */
  const nearest = async (projectId: ProjectId, offset: number, distance: number): Promise<Waypoint> => {
    const kept = waypoints.nearest(projectId, offset)
    if (offset - kept.offset <= distance) return kept
    const found = await restoredState(snapshots, projectId, { least: kept.offset + distance, most: offset }, pace)
    return found === undefined ? kept : waypoints.begin(projectId, found, found.bytes)
  }

  const stateBefore: History['stateBefore'] = async (projectId, offset) => {
    const distance = waypointEvery(log.head(projectId).offset)
    let below = await nearest(projectId, offset, distance)
    let state = below.state.layer()
    let bytes = 0
    if (below.offset === offset) return state
    for await (const { record, line } of recordsFrom(projectId, below.offset, offset - below.offset)) {
      rebuild(state, record)
      bytes += line.length
      const reached = record.offset + 1
      if (reached % distance !== 0) continue
      below = waypoints.add(projectId, below, { offset: reached, state }, bytes)
      state = below.state.layer()
      bytes = 0
    }
    return state
  }

  return {
    stateBefore,
    recordsFrom,
    async *commitsFrom(projectId, offset) {
      const state = await stateBefore(projectId, offset)
      for await (const { record, line, next } of recordsFrom(projectId, offset)) {
        const changes = evolve(state, record)
        state.apply(changes, record.offset)
        yield { projectId, record, changes, line, next }
      }
    },
  }
}

interface Restored extends Waypoint {
  /** Length of what it was made of. */
  readonly bytes: number
}

/** The newest state between two offsets that a snapshot has. */
const restoredState = async (
  snapshots: Pick<Snapshots, 'list' | 'read'>,
  projectId: ProjectId,
  { least, most }: { readonly least: number; readonly most: number },
  pace: Pace,
): Promise<Restored | undefined> => {
  for (const offset of await snapshots.list(projectId)) {
    if (offset > most || offset < least) continue
    const stored = await snapshots.read(projectId, offset)
    const read = { bytes: 0 }
    const snapshot = stored && openSnapshot({ ...stored, rows: measured(stored.rows, read) }, projectId, offset)
    if (snapshot === undefined) continue
    const state = new ProjectState()
    for await (const row of paced(snapshot.rows, pace)) if (row.kind === 'entity') restoreRow(state, row)
    return { offset, state, bytes: read.bytes }
  }
  return undefined
}

function* measured(rows: Iterable<StoredRow>, read: { bytes: number }): Generator<StoredRow> {
  for (const row of rows) {
    read.bytes += row.end - row.start
    yield row
  }
}

const noRest: Pace = { pause: async () => {}, stopwatch: () => 0 }

/** The newest state at or before an offset that a snapshot has, read without a rest; else the empty one. */
export const nearestState = async (
  snapshots: Pick<Snapshots, 'list' | 'read'>,
  projectId: ProjectId,
  most: number,
): Promise<{ state: ProjectState; from: number }> => {
  const found = await restoredState(snapshots, projectId, { least: 0, most }, noRest)
  return found === undefined ? { state: new ProjectState(), from: 0 } : { state: found.state, from: found.offset }
}
