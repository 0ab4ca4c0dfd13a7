import type { Digest } from '../../events/index.ts'
import { evolve, ProjectState, rebuild, stateHash } from '../../projections/index.ts'
import { sha256 } from '../../src/platform/hash.ts'
import { nearestState } from '../../src/store/history.ts'
import { grouped } from '../support/numbers.ts'
import type { ReadOnlyLog } from '../support/read-only-log.ts'
import type { Paint } from '../support/style.ts'
import { table } from '../support/table.ts'

/** One way to come to a state. */
export interface Way {
  /** In place, as at the start of a server; change by change, as while it runs; what a server has kept, and the rest. */
  readonly way: 'rebuild' | 'evolve' | 'snapshot'
  /** The record that it began with. */
  readonly from: number
  readonly records: number
  readonly stateHash: Digest
}

/** Folds a log up to and with the record at `offset` in every way that there is. */
export const foldAllWays = async (
  log: ReadOnlyLog,
  offset: number,
  onRecord: (records: number) => void,
): Promise<Way[]> => {
  const rebuilt = new ProjectState()
  const evolved = new ProjectState()
  let done = 0
  for await (const { record } of log.records(0, offset + 1)) {
    evolved.apply(evolve(evolved, record), record.offset)
    rebuild(rebuilt, record)
    done += 1
    onRecord(done)
  }
  const whole = { from: 0, records: done }
  const ways: Way[] = [
    { way: 'rebuild', ...whole, stateHash: stateHash(rebuilt, sha256) },
    { way: 'evolve', ...whole, stateHash: stateHash(evolved, sha256) },
  ]
  for (const from of await log.snapshots.list(log.projectId)) {
    const state = from > offset + 1 ? undefined : await fromSnapshot(log, from)
    if (state === undefined) continue
    for await (const { record } of log.records(from, offset + 1)) {
      rebuild(state, record)
      onRecord(++done)
    }
    ways.push({ way: 'snapshot', from, records: offset + 1 - from, stateHash: stateHash(state, sha256) })
  }
  return ways
}

/** What a snapshot has; undefined for one that a server has no use for. */
const fromSnapshot = async (
  { projectId, snapshots }: ReadOnlyLog,
  offset: number,
): Promise<ProjectState | undefined> => {
  const only = { ...snapshots, list: async () => [offset] }
  const { state, from } = await nearestState(only, projectId, offset)
  return from === offset ? state : undefined
}

export const agree = (ways: readonly Way[]): boolean => new Set(ways.map((way) => way.stateHash)).size === 1

const titles: Readonly<Record<Way['way'], string>> = {
  rebuild: 'as a server does at its start',
  evolve: 'as a server does while it runs',
  snapshot: 'from a snapshot',
}

export const wayLines = (ways: readonly Way[], offset: number, paint: Paint): string[] => {
  const rows = ways.map(({ way, from, records, stateHash: hash }) => [
    titles[way],
    grouped(from),
    grouped(records),
    hash,
  ])
  const columns = [
    { title: 'FOLDED' },
    { title: 'FROM', align: 'right' as const },
    { title: 'RECORDS', align: 'right' as const },
    { title: 'STATE HASH' },
  ]
  const verdict = agree(ways)
    ? paint(`All ways lead to the same state after record ${grouped(offset)}.`, 'green')
    : paint(`The states after record ${grouped(offset)} differ: a snapshot is wrong, or the server is.`, 'red')
  return [...table(columns, rows, paint), '', verdict]
}
