import {
  canonical,
  type DomainEvent,
  type Draft,
  type EventRecord,
  type Position,
  type ProjectId,
  start,
} from '../../events/index.ts'
import { type FileLogOptions, openFileLog } from '../../src/log/file-log.ts'
import type { CommittedLine, Log, LogStatus } from '../../src/log/log.ts'
import type { FileSystem } from '../../src/platform/file-system.ts'
import { sha256 } from '../../src/platform/hash.ts'
import { pause } from '../../src/platform/timers.ts'
import { taskCreated } from './events.ts'
import { projectId, recordIdAt, task, timeAt } from './vocabulary.ts'

/** An event as a draft of the record at `offset`. */
export const draftOf = (event: DomainEvent, offset: number, id: ProjectId = projectId): Draft => ({
  id: recordIdAt(offset),
  projectId: id,
  type: event.type,
  at: timeAt(offset),
  actor: { kind: 'user' },
  data: canonical(event.data),
})

/** Drafts of so many records from `offset` on, each with its own words in it. */
export const drafts = (count: number, offset = 0, id: ProjectId = projectId): Draft[] =>
  Array.from({ length: count }, (_, i) =>
    draftOf(taskCreated(task(`${offset + i}`), { title: `Task ${offset + i}` }), offset + i, id),
  )

/** Appends drafts behind the head; they must be taken. */
export const appendAll = async (
  log: Log,
  batch: readonly Draft[],
  id: ProjectId = projectId,
): Promise<readonly CommittedLine[]> => {
  const result = await log.append(id, log.head(id), batch)
  if (result.kind === 'conflict') throw new Error('the head has moved')
  return result.lines
}

export interface Replayed {
  readonly status: LogStatus
  readonly records: readonly EventRecord[]
}

export const replayed = async (log: Log, from: Position = start, id: ProjectId = projectId): Promise<Replayed> => {
  const records: EventRecord[] = []
  const status = await log.replay(id, from, (record) => records.push(record))
  return { status, records }
}

/** All that can be read, as text. */
export const readText = async (log: Log, from = 0, limit?: number, id: ProjectId = projectId): Promise<string> => {
  const blocks: Uint8Array[] = []
  for await (const { bytes } of log.read(id, from, limit)) blocks.push(bytes)
  return Buffer.concat(blocks).toString()
}

export const textOf = (lines: ReadonlyArray<{ readonly text: string }>): string =>
  lines.map(({ text }) => text).join('')

/** A file log as the server opens it, except for what a test says. */
export const fileLog = (fs: FileSystem, dir: string, options: Partial<FileLogOptions> = {}): Promise<Log> =>
  openFileLog({ fs, dir, sha256, pause, fsync: 'always', ...options })
