import type { ProjectId } from '../../events/index.ts'
import type { Damage, Place } from '../support/damage.ts'
import { damageFound, notVerified } from '../support/exit-codes.ts'
import type { Extent } from '../support/log-files.ts'

/** What came of checking a snapshot. */
export interface SnapshotReport {
  /** The offset of the first record that it does not know. */
  readonly offset: number
  readonly file: string
  readonly bytes: number
  /**
   * `unusable`: a server throws it away and makes another one. `unchecked`: it stands behind damage of the log.
   * `ahead`: it knows of records that the log has lost. `wrong`: a server would use it, and it is not what the records
   * before it come to.
   */
  readonly status: 'ok' | 'unusable' | 'unchecked' | 'ahead' | 'wrong'
  readonly reason: string | null
}

/** What is known of every log. Records, bytes and head are those of its good part. */
interface Facts extends Extent {
  readonly projectId: ProjectId
  readonly segments: number
  readonly snapshots: readonly SnapshotReport[]
  /** Names of files that are none of the log's business. */
  readonly others: readonly string[]
}

/** What stands behind the good part of a log. */
export type Outcome =
  | {
      readonly status: 'ok'
      /** What a running server is just writing. */
      readonly tail?: Place
    }
  /** A write was torn that nobody was told of; the next start of a server cuts it. */
  | { readonly status: 'torn'; readonly tail: Place }
  /** Records that only a newer server can read. */
  | { readonly status: 'newer'; readonly tail: Place }
  | { readonly status: 'damaged'; readonly damage: Damage }
  /** The operating system does not let it be read. */
  | { readonly status: 'unreadable'; readonly reason: string }

export type LogReport = Facts & Outcome

/** All that a run found. Keeps its shape: programs read it. */
export interface Report {
  readonly dataDir: string
  readonly projects: readonly LogReport[]
  /** Names in the directory of the logs that are no project's. */
  readonly others: readonly string[]
}

export const isDamaged = ({ status, snapshots }: LogReport): boolean =>
  status === 'damaged' || snapshots.some((snapshot) => snapshot.status === 'wrong' || snapshot.status === 'ahead')

const isVerified = ({ status }: LogReport): boolean => status === 'ok' || status === 'torn'

export const exitCodeOf = ({ projects }: Report): number => {
  if (projects.some(isDamaged)) return damageFound
  return projects.every(isVerified) ? 0 : notVerified
}
