import { basename } from 'node:path'
import { readableBehind } from '../../src/log/recovery/behind.ts'
import { examine } from '../../src/log/recovery/examine.ts'
import type { Cursor } from '../../src/log/recovery/scan.ts'
import type { LogFiles } from '../../src/log/segment.ts'
import type { SnapshotHeader } from '../../src/store/snapshot.ts'
import { cursorAt } from './log-files.ts'
import { grouped } from './numbers.ts'

/** Where the good part of a log ends, and why. */
export interface Place {
  /** Of the record that should stand there. */
  readonly offset: number
  /** The name of the file, and the byte in it. */
  readonly segment: string
  readonly byte: number
  /** How many bytes stand from there on, in this segment and in later ones. */
  readonly bytes: number
  readonly reason: string
}

/** Damage, and what is known of what comes after it. */
export interface Damage extends Place {
  /** How many records can still be read behind the good part, and the offset of the last one of them. */
  readonly laterRecords: number
  readonly lastRecord: number | null
  /** The offset before which all records are known to have been durable, and so acknowledged. */
  readonly acknowledged: number
  /** A snapshot behind the damage, from which a server opens the log in spite of it. */
  readonly opensFrom: number | null
}

export const placeOf = ({ segments }: LogFiles, { segment, byte, head }: Cursor, reason: string): Place => {
  const rest = segments.slice(segment)
  const bytes = rest.reduce((sum, one) => sum + one.bytes, -byte)
  return { offset: head.offset, segment: basename(rest[0]?.path ?? ''), byte, bytes, reason }
}

/** A place for people. */
export const placeText = ({ segment, byte }: Pick<Place, 'segment' | 'byte'>): string =>
  `byte ${grouped(byte)} of ${segment}`

/** Looks at everything behind the good part of a damaged log. */
export const damageOf = async (
  files: LogFiles,
  cursor: Cursor,
  reason: string,
  snapshots: readonly SnapshotHeader[],
): Promise<Damage> => {
  // Snapshots are made of durable records only.
  let acknowledged = Math.max(cursor.head.offset, ...snapshots.map(({ offset }) => offset))
  let [laterRecords, lastRecord] = [0, -1]
  for await (const { offset, synced } of readableBehind(files, cursor)) {
    // An earlier record stands there a second time.
    if (offset < cursor.head.offset) continue
    laterRecords += 1
    lastRecord = Math.max(lastRecord, offset)
    acknowledged = Math.max(acknowledged, synced)
  }
  return {
    ...placeOf(files, cursor, reason),
    laterRecords,
    lastRecord: laterRecords === 0 ? null : lastRecord,
    acknowledged,
    opensFrom: (await snapshotBehind(files, cursor, snapshots)) ?? null,
  }
}

/** The newest snapshot behind the cursor that fits the log, if the log is good from there on. */
const snapshotBehind = async (
  files: LogFiles,
  { head }: Cursor,
  snapshots: readonly SnapshotHeader[],
): Promise<number | undefined> => {
  for (const { offset, hash } of snapshots.toSorted((a, b) => b.offset - a.offset)) {
    if (offset <= head.offset) return undefined
    const cursor = await cursorAt(files, { offset, hash })
    if (cursor === undefined) continue
    const { kind } = await examine(files, cursor, () => {})
    return kind === 'whole' || kind === 'torn' ? offset : undefined
  }
  return undefined
}
