import type { Digest, EventRecord } from '../../events/index.ts'
import type { FoundSnapshot } from '../support/snapshot-files.ts'
import type { LogReport, SnapshotReport } from './report.ts'

/** Compares snapshots with the log while that is read. */
export class SnapshotCheck {
  readonly #found: readonly FoundSnapshot[]
  readonly #byLastRecord: ReadonlyMap<number, FoundSnapshot>
  readonly #verdicts = new Map<FoundSnapshot, Verdict>()

  constructor(found: readonly FoundSnapshot[]) {
    this.#found = found
    this.#byLastRecord = new Map(found.map((snapshot) => [snapshot.offset - 1, snapshot]))
  }

  /** Sees every good record. `stateHash` tells that of the state after it, where that is known. */
  record(record: EventRecord, stateHash?: () => Digest): void {
    const snapshot = this.#byLastRecord.get(record.offset)
    if (snapshot === undefined || 'unusable' in snapshot) return
    this.#verdicts.set(snapshot, verdictOn(snapshot.header, record, stateHash))
  }

  /** To be asked when the good part of the log, which ends as `status` says, has been seen. */
  reports(status: LogReport['status']): SnapshotReport[] {
    return this.#found.map((snapshot) => {
      const { offset, name, bytes } = snapshot
      return { offset, file: name, bytes, ...this.#verdictOn(snapshot, status) }
    })
  }

  #verdictOn(snapshot: FoundSnapshot, status: LogReport['status']): Verdict {
    if ('unusable' in snapshot) return { status: 'unusable', reason: snapshot.unusable }
    const verdict = this.#verdicts.get(snapshot)
    if (verdict !== undefined) return verdict
    // A snapshot is made of durable records only.
    return status === 'ok' || status === 'torn'
      ? { status: 'ahead', reason: 'it knows of records that the log does not have any more' }
      : { status: 'unchecked', reason: 'the log is not good up to there' }
  }
}

type Verdict = Pick<SnapshotReport, 'status' | 'reason'>

const verdictOn = (
  header: Extract<FoundSnapshot, { header: unknown }>['header'],
  { hash, at, id }: EventRecord,
  stateHash: (() => Digest) | undefined,
): Verdict => {
  if (header.hash !== hash) return { status: 'unusable', reason: 'it belongs to another history' }
  if (header.at !== at || header.id !== id)
    return { status: 'wrong', reason: 'it has another time or id of its last record' }
  if (stateHash !== undefined && stateHash() !== header.stateHash) {
    return { status: 'wrong', reason: 'its state is not what the records before it come to' }
  }
  return { status: 'ok', reason: null }
}
