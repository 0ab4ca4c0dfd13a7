import { type Draft, type EventRecord, sealLine, start } from '../../events/index.ts'
import type { FileLogOptions } from '../../src/log/file-log.ts'
import { segmentName } from '../../src/log/format.ts'
import type { Head, Log, LogStatus } from '../../src/log/log.ts'
import type { FileSystem } from '../../src/platform/file-system.ts'
import { sha256 } from '../../src/platform/hash.ts'
import { fileLog, readText, replayed } from './logs.ts'
import { MemoryFileSystem } from './memory-file-system.ts'
import { projectId } from './vocabulary.ts'

export const dataDir = '/data'
export const logDir = `${dataDir}/log/${projectId}`
export const segmentPath = (base: number): string => `${logDir}/${segmentName(base)}`

/** The bytes of each line, sealed as writes of so many records each, every one durable before the next. */
export const sealedWrites = (batch: readonly Draft[], sizes: readonly number[]): Buffer[] => {
  const lines: Buffer[] = []
  let place = start
  for (const size of sizes) {
    const synced = place.offset
    for (const draft of batch.slice(synced, synced + size)) {
      const { text, next } = sealLine(draft, place, synced, sha256)
      lines.push(Buffer.from(text))
      place = next
    }
  }
  return lines
}

/** A disk that holds these segments, by offset, and nothing else. */
export const diskWith = (segments: Readonly<Record<number, Uint8Array>>): MemoryFileSystem => {
  const disk = new MemoryFileSystem()
  for (const [base, bytes] of Object.entries(segments)) disk.put(segmentPath(Number(base)), bytes)
  return disk
}

/** What became of a log when it was opened. */
export interface Opening {
  readonly log: Log
  readonly status: LogStatus
  readonly head: Head
  readonly records: readonly EventRecord[]
  /** All that can be read. */
  readonly text: string
}

export const opening = async (disk: FileSystem, options: Partial<FileLogOptions> = {}): Promise<Opening> => {
  const log = await fileLog(disk, dataDir, options)
  const { status, records } = await replayed(log)
  return { log, status, head: log.head(projectId), records, text: await readText(log) }
}

/** Every file with what is in it. */
export const contents = (disk: MemoryFileSystem): Record<string, string> =>
  Object.fromEntries(disk.paths().map((path) => [path, Buffer.from(disk.content(path)).toString('latin1')]))

/** What recovery has put aside, by name. */
export const setAside = (disk: MemoryFileSystem): Record<string, string> => {
  const prefix = `${logDir}/quarantine/`
  const all = Object.entries(contents(disk)).filter(([path]) => path.startsWith(prefix))
  return Object.fromEntries(all.map(([path, content]) => [path.slice(prefix.length), content]))
}
