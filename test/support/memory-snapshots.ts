import type { ProjectId } from '../../events/index.ts'
import type { Snapshots, StoredRow, StoredSnapshot } from '../../src/log/snapshots.ts'

/** What outlives memory snapshots, as files do others. Tests put in here what nobody has written. */
export type MemorySnapshotStorage = Map<ProjectId, Map<number, StoredSnapshot>>

/** The port to snapshots in memory. */
export class MemorySnapshots implements Snapshots {
  readonly #storage: MemorySnapshotStorage

  constructor(storage: MemorySnapshotStorage = new Map()) {
    this.#storage = storage
  }

  async list(projectId: ProjectId): Promise<number[]> {
    return [...(this.#storage.get(projectId)?.keys() ?? [])].sort((a, b) => b - a)
  }

  async read(projectId: ProjectId, offset: number): Promise<StoredSnapshot | undefined> {
    return this.#storage.get(projectId)?.get(offset)
  }

  async write(
    projectId: ProjectId,
    offset: number,
    header: string,
    slices: AsyncIterable<readonly string[]>,
  ): Promise<void> {
    const rows: StoredRow[] = []
    for await (const slice of slices) rows.push(...slice.map(storedRow))
    const kept = this.#storage.get(projectId) ?? new Map<number, StoredSnapshot>()
    this.#storage.set(projectId, kept.set(offset, { header, rows }))
    for (const old of (await this.list(projectId)).slice(2)) kept.delete(old)
  }

  async remove(projectId: ProjectId, offset: number): Promise<void> {
    this.#storage.get(projectId)?.delete(offset)
  }
}

/** A row that shares its bytes with no other. */
export const storedRow = (row: string): StoredRow => {
  const bytes = Buffer.from(row)
  return { bytes, start: 0, end: bytes.length }
}
