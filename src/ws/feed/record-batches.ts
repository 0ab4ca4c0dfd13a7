import type { Position, ProjectId } from '../../../events/index.ts'
import type { Commit } from '../../store/commit.ts'
import { hashIn, lineFeed, typeIn } from '../../store/line-fields.ts'
import type { Store } from '../../store/store.ts'
import type { RecordsHeader } from '../protocol.ts'
import { type Batch, batchBytes, batchRecords, type Place } from './batch.ts'
import type { Manner } from './manner.ts'
import { textMessage } from './wire.ts'

/** Makes batches of the view `records`: lines as they are in the log, many in one message, separated by line feeds. */
export interface RecordBatches {
  /** Of the commits in memory; undefined if the first is not there. */
  near(place: Place, manner: Manner): Batch | undefined
  /** Cut out of the log: what can be had with one reading. */
  past(place: Place, manner: Manner): AsyncGenerator<Batch>
}

export const createRecordBatches = (store: Pick<Store, 'positionOf' | 'recent' | 'read'>): RecordBatches => ({
  near({ projectId, position, told }, { allows }) {
    const commits: Commit[] = []
    let bytes = 0
    let next = position
    while (bytes < batchBytes && commits.length < batchRecords) {
      const commit = store.recent.at(projectId, next.offset)
      if (commit === undefined) break
      commits.push(commit)
      if (allows(commit.record.type)) bytes += Buffer.byteLength(commit.line)
      next = commit.next
    }
    if (commits.length === 0) return undefined
    const lines = commits.filter(({ record }) => allows(record.type)).map(({ line }) => line)
    const isFull = bytes >= batchBytes || commits.length === batchRecords
    if (lines.length === 0) return { next, chunks: [], bytes: 0, isFull }
    const message = textMessage(headerOf(projectId, told(), next) + lines.join('').slice(0, -1))
    return { next, chunks: [message], bytes: message.length, isFull }
  },

  async *past(place, manner) {
    const { projectId, position } = place
    // No further than the store has come: what the log knows beyond that is about to be told.
    const block = await firstOf(
      store.read(projectId, position.offset, store.positionOf(projectId).offset - position.offset),
    )
    if (block !== undefined) yield* batchesOf(block.bytes, place, manner)
  },
})

/** The file is closed again before anybody waits for a client. */
const firstOf = async <T>(many: AsyncIterable<T>): Promise<T | undefined> => {
  for await (const one of many) return one
  return undefined
}

function* batchesOf(bytes: Uint8Array, { projectId, position, told }: Place, manner: Manner): Generator<Batch> {
  const lines = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  let { offset } = position
  for (let at = 0; at < lines.length; ) {
    const cut = cutAt(lines, at, manner)
    offset += cut.records
    const next = { offset, hash: hashIn(lines, cut.last) }
    at = cut.end
    const last = cut.passing.pop()
    if (last === undefined) yield { next, chunks: [], bytes: 0, isFull: true }
    else {
      // Lines are copied, since a client that does not read would else keep the whole block in memory.
      const message = textMessage(headerOf(projectId, told(), next), ...cut.passing, last.subarray(0, -1))
      yield { next, chunks: [message], bytes: message.length, isFull: true }
    }
  }
}

interface Cut {
  readonly records: number
  /** Where the last of its lines starts, and where it ends. */
  readonly last: number
  readonly end: number
  /** What a filter lets through: whole lines, line feeds included. */
  readonly passing: Buffer[]
}

/** The lines from an index on that make one batch. */
const cutAt = (lines: Buffer, from: number, { types, allows }: Manner): Cut => {
  const passing: Buffer[] = []
  let records = 0
  let bytes = 0
  let last = from
  let end = from
  while (end < lines.length && bytes < batchBytes && records < batchRecords) {
    last = end
    end = lines.indexOf(lineFeed, last) + 1
    records += 1
    if (types === undefined) bytes = end - from
    else if (allows(typeIn(lines, last))) {
      passing.push(lines.subarray(last, end))
      bytes += end - last
    }
  }
  return { records, last, end, passing: types === undefined ? [lines.subarray(from, end)] : passing }
}

const headerOf = (projectId: ProjectId, from: number, { offset }: Position): string => {
  const header: RecordsHeader = { type: 'records', projectId, from, next: offset }
  return `${JSON.stringify(header)}\n`
}
