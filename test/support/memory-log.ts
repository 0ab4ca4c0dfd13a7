import { type Draft, type EventRecord, openLine, type Position, type ProjectId, start } from '../../events/index.ts'
import { AppError } from '../../src/errors.ts'
import { sealBatch } from '../../src/log/batch.ts'
import type { AppendResult, Block, CommittedLine, Head, Log, LogStatus } from '../../src/log/log.ts'
import { sha256 } from '../../src/platform/hash.ts'
import { Waiters } from '../../src/platform/waiters.ts'

interface MemoryProject {
  readonly lines: CommittedLine[]
  readonly waiters: Waiters
  head: Head
}

/** What outlives a memory log, as files do a file log. */
export type MemoryLogStorage = Map<ProjectId, MemoryProject>

/** The log port in memory: nothing is ever damaged, and everything is durable at once. */
export class MemoryLog implements Log {
  readonly #storage: MemoryLogStorage
  #closed = false

  constructor(storage: MemoryLogStorage = new Map()) {
    this.#storage = storage
  }

  async list(): Promise<ProjectId[]> {
    return [...this.#storage]
      .filter(([, { lines }]) => lines.length > 0)
      .map(([id]) => id)
      .sort()
  }

  async replay(projectId: ProjectId, from: Position, visit: (record: EventRecord) => void): Promise<LogStatus> {
    const { lines } = this.#project(projectId)
    const before = from.offset === 0 ? start : lines[from.offset - 1]?.next
    if (before?.hash !== from.hash) throw new AppError('HISTORY_DIVERGED', 'There is no such position')
    for (const { text } of lines.slice(from.offset)) {
      const opened = openLine(Buffer.from(text.slice(0, -1)), sha256)
      if (opened.kind !== 'record') throw new Error(opened.reason)
      visit(opened.record)
    }
    return { kind: 'open' }
  }

  async append(projectId: ProjectId, expected: Position, drafts: readonly Draft[]): Promise<AppendResult> {
    if (this.#closed) throw new AppError('LOG_UNAVAILABLE', 'The log is closed')
    const project = this.#project(projectId)
    const { head } = project
    if (expected.offset !== head.offset || expected.hash !== head.hash) return { kind: 'conflict', head }
    const batch = sealBatch(drafts, { projectId, head, synced: head.offset, sha256 })
    project.lines.push(...batch.lines)
    project.head = batch.head
    project.waiters.wake(batch.head.offset)
    return { kind: 'committed', lines: batch.lines }
  }

  async *read(projectId: ProjectId, from: number, limit = Number.POSITIVE_INFINITY): AsyncGenerator<Block> {
    const lines = this.#project(projectId).lines.slice(from, from + limit)
    if (lines.length === 0) return
    yield { from, next: from + lines.length, bytes: Buffer.from(lines.map(({ text }) => text).join('')) }
  }

  head(projectId: ProjectId): Head {
    return this.#project(projectId).head
  }

  status(): LogStatus {
    return { kind: 'open' }
  }

  async moved(projectId: ProjectId, offset: number, signal?: AbortSignal): Promise<void> {
    const { head, waiters } = this.#project(projectId)
    if (head.offset <= offset) await waiters.wait(offset, signal)
  }

  async close(): Promise<void> {
    this.#closed = true
  }

  #project(projectId: ProjectId): MemoryProject {
    const known = this.#storage.get(projectId)
    if (known !== undefined) return known
    const project = { lines: [], waiters: new Waiters(), head: { ...start, at: 0 } }
    this.#storage.set(projectId, project)
    return project
  }
}

/** A storage with one project of another one, as it was after so many records. */
export const prefixOf = (storage: MemoryLogStorage, projectId: ProjectId, records: number): MemoryLogStorage => {
  const lines = storage.get(projectId)?.lines.slice(0, records) ?? []
  const { at }: { at: number } = JSON.parse(lines.at(-1)?.text ?? '{"at":0}')
  const head = { ...(lines.at(-1)?.next ?? start), at }
  return new Map([[projectId, { lines, head, waiters: new Waiters() }]])
}
