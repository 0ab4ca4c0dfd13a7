import { grouped } from '../support/numbers.ts'
import type { Origin } from './history/source.ts'
import type { Loaded } from './load.ts'
import type { Skipped } from './mapping/mapping.ts'
import type { Action } from './mapping/step.ts'

export interface RunFacts {
  readonly origin: Origin
  readonly projectId: string
  readonly writers: number
  readonly retries: number
  readonly seconds: number
}

/** What a run has done. */
export interface Totals extends RunFacts {
  readonly changes: number
  /** Changes that made no request, by reason. */
  readonly skipped: Partial<Record<Skipped, number>>
  /** Relations between the tasks that there are in the end, which the server does not have, by reason. */
  readonly unmade: Loaded['unmade']
  /** Acknowledged requests, by kind. */
  readonly requests: Partial<Record<Action['kind'], number>>
  /** Of those, how many an earlier run had made already. */
  readonly replayed: number
  /** Deleted counts subtrees in full. */
  readonly tasks: { readonly created: number; readonly updated: number; readonly deleted: number }
  /** Requests a second. */
  readonly rate: number
}

export const totalsOf = ({ changes, journal, skipped, unmade }: Loaded, facts: RunFacts): Totals => {
  const requests: Partial<Record<Action['kind'], number>> = {}
  let replayed = 0
  let deleted = 0
  for (const { action, receipt } of journal) {
    requests[action.kind] = (requests[action.kind] ?? 0) + 1
    if (receipt.replayed) replayed += 1
    if (action.kind === 'delete-task') deleted += action.gone.length
  }
  const tasks = { created: requests['create-task'] ?? 0, updated: requests['update-task'] ?? 0, deleted }
  const rate = facts.seconds === 0 ? 0 : Math.round(journal.length / facts.seconds)
  return { ...facts, changes, skipped: Object.fromEntries(skipped), unmade, requests, replayed, tasks, rate }
}

export const originText = (origin: Origin): string =>
  origin.kind === 'file' ? origin.path : `a generated history (seed ${origin.seed})`

/** The totals as lines for people. */
export const totalsText = (totals: Totals): string => {
  const { origin, projectId, writers, retries, seconds, changes, replayed, tasks, rate } = totals
  const sum = Object.values(totals.requests).reduce((all, count) => all + count, 0)
  const rows = [
    ['requests', `${grouped(sum)} (${counts(totals.requests)})`],
    ['tasks', `${counts(tasks)}`],
    ['changes skipped', counts(totals.skipped)],
    ['relations not made', counts(totals.unmade)],
    ['already there', grouped(replayed)],
    ['retries', grouped(retries)],
    ['time', `${seconds.toFixed(1)} s, ${grouped(rate)} requests/s with ${writers} writers`],
  ] as const
  const lines = rows.map(([name, value]) => `  ${name.padEnd(20)}${value}`)
  return [`Loaded ${grouped(changes)} changes of ${originText(origin)} into ${projectId}:`, ...lines, ''].join('\n')
}

const counts = (of: Readonly<Record<string, number>>): string => {
  const parts = Object.entries(of).flatMap(([name, count]) => (count === 0 ? [] : [`${name} ${grouped(count)}`]))
  return parts.length === 0 ? 'none' : parts.join(', ')
}
