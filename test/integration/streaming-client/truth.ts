import { type Digest, openLine, type Position, type ProjectId, start } from '../../../events/index.ts'
import { evolve, ProjectState, stateHash } from '../../../projections/index.ts'
import { sha256 } from '../../../src/platform/hash.ts'
import { framesOf } from '../../../src/ws/feed/frames.ts'
import type { MemoryLogStorage } from '../../support/memory-log.ts'

/** What is true of a project by its log, found out by nobody's code but the fold's. */
export interface ProjectTruth {
  readonly head: Position
  readonly stateHash: Digest
  readonly records: ReadonlyArray<{ readonly type: string; readonly hash: Digest }>
  /** Of every record that makes any, its plain frames. */
  readonly frames: ReadonlyArray<{ readonly offset: number; readonly frames: readonly unknown[] }>
}
export type Truth = ReadonlyMap<ProjectId, ProjectTruth>

export const truthOf = (storage: MemoryLogStorage): Truth =>
  new Map([...storage].map(([id, { lines }]) => [id, foldAll(id, lines)]))

const foldAll = (projectId: ProjectId, lines: ReadonlyArray<{ readonly text: string }>): ProjectTruth => {
  const state = new ProjectState()
  const records: Array<{ type: string; hash: Digest }> = []
  const frames: Array<{ offset: number; frames: unknown[] }> = []
  let head = start
  for (const { text } of lines) {
    const opened = openLine(Buffer.from(text.slice(0, -1)), sha256)
    if (opened.kind !== 'record') throw new Error(opened.reason)
    const { record, next } = opened
    const changes = evolve(state, record)
    state.apply(changes, record.offset)
    const made = framesOf({ projectId, record, changes, next, line: text }, () => true).map(jsonIn)
    if (made.length > 0) frames.push({ offset: record.offset, frames: made })
    records.push(record)
    head = next
  }
  return { head, stateHash: stateHash(state, sha256), records, frames }
}

/** What a message says, without what WebSocket puts before it. */
const jsonIn = (message: Buffer): unknown => JSON.parse(message.subarray(message.indexOf('{"type"')).toString())
