import type { Digest, Entity, ProjectId, Sha256 } from '../../events/index.ts'
import { foldVersion, type Row, type Subject, stateLine } from '../../projections/index.ts'
import type { Snapshots } from '../log/snapshots.ts'
import type { CreateHasher } from '../platform/hash.ts'
import type { Logger } from '../platform/logger.ts'
import { inSlices, type Pace } from '../platform/pace.ts'
import type { Commit } from './commit.ts'
import { merged } from './merged.ts'
import { type Capture, type GoneRow, type SnapshotHeader, snapshotVersion, textsOf } from './snapshot.ts'

/** How long the part of a log after its last snapshot may get: this is what a start has to read. */
export interface SnapshotLimits {
  readonly records: number
  readonly bytes: number
}

export interface SnapshotterOptions extends Pace {
  readonly snapshots: Snapshots
  readonly capture: (id: ProjectId) => Capture | undefined
  /** Entities that are no more, whose files may still be there. */
  readonly outstanding: (id: ProjectId) => readonly Subject[]
  readonly limits: SnapshotLimits
  readonly sha256: Sha256
  readonly createHasher: CreateHasher
  readonly logger: Logger
}

interface Tail {
  records: number
  bytes: number
}

/**
 * Keeps the part of each log that a start has to read short: takes a snapshot of a project whenever enough has happened in
 * it, in the background, one after the other, and of all that have changed when the server ends.
 */
export class Snapshotter {
  readonly #options: SnapshotterOptions
  readonly #tails = new Map<ProjectId, Tail>()
  readonly #due = new Set<ProjectId>()
  readonly #closing = new AbortController()
  #working: Promise<void> | undefined

  constructor(options: SnapshotterOptions) {
    this.#options = options
  }

  /** A record that was read at start, and so is behind the last snapshot. */
  replayed(projectId: ProjectId): void {
    this.#count(projectId, 1, 0)
  }

  committed(commits: readonly Commit[]): void {
    for (const { projectId, line } of commits) this.#count(projectId, 1, line.length)
    if (this.#due.size > 0) this.start()
  }

  /** Takes the snapshots that are due. */
  start(): void {
    if (this.#working === undefined && this.#due.size > 0) this.#working = this.#run()
  }

  /** Resolves when no snapshot is being taken. */
  async idle(): Promise<void> {
    while (this.#working !== undefined) await this.#working
  }

  /** Takes a snapshot of every project that has changed since its last one, without any rest. */
  async close(): Promise<void> {
    this.#closing.abort()
    for (const id of this.#tails.keys()) this.#due.add(id)
    this.start()
    await this.idle()
  }

  #count(projectId: ProjectId, records: number, bytes: number): void {
    const tail = this.#tails.get(projectId) ?? { records: 0, bytes: 0 }
    tail.records += records
    tail.bytes += bytes
    this.#tails.set(projectId, tail)
    const { limits } = this.#options
    if (tail.records >= limits.records || tail.bytes >= limits.bytes) this.#due.add(projectId)
  }

  async #run(): Promise<void> {
    try {
      for (const projectId of this.#due) {
        this.#due.delete(projectId)
        // What happens from now on is the tail of this snapshot. If it fails, the next one is due as much later.
        this.#tails.delete(projectId)
        await this.#try(projectId)
      }
    } finally {
      // In one go with the last look at what is due: whatever falls due after that finds nobody at work.
      this.#working = undefined
    }
  }

  async #try(projectId: ProjectId): Promise<void> {
    try {
      await this.#take(projectId)
    } catch (err) {
      this.#options.logger.warn({ err, projectId }, 'cannot write a snapshot; the next start reads more of the log')
    }
  }

  async #take(projectId: ProjectId): Promise<void> {
    const { capture, outstanding, snapshots, logger } = this.#options
    const captured = capture(projectId)
    if (captured?.id === undefined) return
    const { position, at, id, redaction } = captured
    const gone = outstanding(projectId).map((subject): GoneRow => ({ kind: 'gone', subject }))
    const stateHash = await this.#stateHash(captured)
    const header: SnapshotHeader = {
      ...{ v: snapshotVersion, foldVersion, projectId, ...position, at, id, stateHash },
      ...(redaction !== undefined && { redaction }),
    }
    const rows = this.#slices(textsOf(captured, gone), (text) => text())
    await snapshots.write(projectId, position.offset, JSON.stringify(header), rows)
    logger.debug({ projectId, offset: position.offset }, 'snapshot written')
  }

  /** In slices, since to hash and to sort a hundred thousand entities takes a while. */
  async #stateHash(captured: Capture): Promise<Digest> {
    const { sha256, createHasher } = this.#options
    const sorted: string[][] = []
    for await (const lines of this.#slices(entitiesOf(captured), (row) => stateLine(row, sha256))) {
      sorted.push(lines.sort())
    }
    const hasher = createHasher()
    for await (const lines of this.#slices(merged(sorted), (line) => line)) hasher.update(lines.join(''))
    return hasher.digest()
  }

  #slices<T>(items: Iterable<T>, textOf: (item: T) => string): AsyncGenerator<string[]> {
    return inSlices(items, textOf, this.#options, this.#closing.signal)
  }
}

function* entitiesOf({ project, sessions, tasks }: Capture): Generator<Row<Entity>> {
  yield* project
  yield* sessions
  yield* tasks
}
