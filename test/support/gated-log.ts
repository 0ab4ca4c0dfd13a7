import type { Draft, Position, ProjectId } from '../../events/index.ts'
import type { AppendResult, Block, Head, Log, LogStatus } from '../../src/log/log.ts'
import { Arrivals } from './arrivals.ts'

/** An append that has begun and has not been carried out. */
export interface Arrival {
  readonly projectId: ProjectId
  readonly drafts: readonly Draft[]
  /** Carries it out: the log takes it, or says that somebody else was first. */
  pass(): void
  /** Refuses it; nothing is written. */
  fail(error: Error): void
}

/** A log whose appends wait, while it is held, for what a test says becomes of them. */
export class GatedLog implements Log {
  /** All appends in the order in which they began. */
  readonly arrivals: Arrival[] = []
  readonly #inner: Log
  readonly #waiting = new Arrivals<Arrival>()
  readonly #underWay = new Set<ProjectId>()
  #held = false

  constructor(inner: Log) {
    this.#inner = inner
  }

  /** From now on appends wait. */
  hold(): void {
    this.#held = true
  }

  /** Lets all pass that wait, and all that come. */
  release(): void {
    this.#held = false
    for (const arrival of this.#waiting.take()) arrival.pass()
  }

  /** The next append that waits, as soon as there is one. */
  next(): Promise<Arrival> {
    return this.#waiting.next()
  }

  /** How many appends wait. */
  get waiting(): number {
    return this.#waiting.count
  }

  async append(projectId: ProjectId, expected: Position, drafts: readonly Draft[]): Promise<AppendResult> {
    if (this.#underWay.has(projectId)) throw new Error(`two appends to ${projectId} at a time`)
    this.#underWay.add(projectId)
    try {
      await new Promise<void>((resolve, reject) => this.#arrive({ projectId, drafts, pass: resolve, fail: reject }))
      return await this.#inner.append(projectId, expected, drafts)
    } finally {
      this.#underWay.delete(projectId)
    }
  }

  list(): Promise<ProjectId[]> {
    return this.#inner.list()
  }

  replay(...args: Parameters<Log['replay']>): Promise<LogStatus> {
    return this.#inner.replay(...args)
  }

  read(projectId: ProjectId, from: number, limit?: number): AsyncIterable<Block> {
    return this.#inner.read(projectId, from, limit)
  }

  head(projectId: ProjectId): Head {
    return this.#inner.head(projectId)
  }

  status(projectId: ProjectId): LogStatus {
    return this.#inner.status(projectId)
  }

  moved(projectId: ProjectId, offset: number, signal?: AbortSignal): Promise<void> {
    return this.#inner.moved(projectId, offset, signal)
  }

  close(): Promise<void> {
    return this.#inner.close()
  }

  #arrive(arrival: Arrival): void {
    this.arrivals.push(arrival)
    if (this.#held) this.#waiting.push(arrival)
    else arrival.pass()
  }
}
