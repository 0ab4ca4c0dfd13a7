import type { Digest, Position, ProjectId, RequestMark } from '../../events/index.ts'
import type { Subject } from '../../projections/index.ts'

/** How many keys of a scope are remembered. */
export const keysKept = 10_000

/** What is known of an idempotent request that has been carried out. */
export interface Remembered {
  readonly projectId: ProjectId
  /** The entity that the answer showed. */
  readonly subject: Subject
  /** Digest of method, path and body of the first request. */
  readonly digest: Digest
  readonly offset: number
  /** The position after the record: the receipt of the first answer. */
  readonly next: Position
}

/** The idempotency keys of one scope, the newest 10,000. They stand in the records, so a fold finds them all again. */
export class KeyTable {
  readonly #known = new Map<string, Remembered>()
  readonly #limit: number

  constructor(limit: number = keysKept) {
    this.#limit = limit
  }

  get(key: string): Remembered | undefined {
    return this.#known.get(key)
  }

  /** All that is remembered, the oldest first. */
  *entries(): Generator<readonly [RequestMark, Omit<Remembered, 'digest'>]> {
    for (const [key, { digest, ...made }] of this.#known) yield [{ key, digest }, made]
  }

  add(request: RequestMark, made: Omit<Remembered, 'digest'>): void {
    this.#known.delete(request.key)
    this.#known.set(request.key, { ...made, digest: request.digest })
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= this.#limit) return
      this.#known.delete(oldest)
    }
  }
}
