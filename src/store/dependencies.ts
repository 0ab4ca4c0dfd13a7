import type { Sha256 } from '../../events/index.ts'
import type { Moment } from '../commands/command.ts'
import type { Log } from '../log/log.ts'
import type { Snapshots } from '../log/snapshots.ts'
import type { Clock } from '../platform/clock.ts'
import type { NextRecordId } from '../platform/ids.ts'
import type { Pace } from '../platform/pace.ts'
import type { CommitListener } from './commit.ts'
import type { Directory } from './directory.ts'
import type { History } from './history.ts'
import type { KeyTable } from './idempotency.ts'
import type { RecentCommits } from './recent-commits.ts'

/** What the outside world gives the store; tests give their own. */
export interface Surroundings {
  readonly log: Log
  readonly snapshots: Snapshots
  readonly clock: Clock
  readonly nextRecordId: NextRecordId
  readonly sha256: Sha256
  readonly machine: Moment['machine']
  /** How work on the past is spread. */
  readonly pace: Pace
  /**
   * Runs something once all requests that have arrived by now have been looked at, so that they share one write.
   * `setImmediate` does.
   */
  readonly defer: (run: () => void) => void
}

/** What the stores of all projects share. */
export interface Shared extends Surroundings {
  readonly directory: Directory
  readonly recent: RecentCommits
  readonly history: History
  /** Idempotency keys of `POST /api/projects`, whose scope is the server. */
  readonly creationKeys: KeyTable
  readonly publish: CommitListener
}
