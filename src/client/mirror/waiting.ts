import type { MaestroError } from '../error.ts'

interface Waiter {
  readonly isMet: () => boolean
  readonly resolve: () => void
  readonly reject: (error: MaestroError) => void
}

/** Those who wait until something is so. */
export class Waiting {
  readonly #waiters = new Set<Waiter>()
  #error: MaestroError | undefined

  /** Resolves as soon as it is met; rejects when that can no longer be. */
  until(isMet: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      if (isMet()) resolve()
      else if (this.#error !== undefined) reject(this.#error)
      else this.#waiters.add({ isMet, resolve, reject })
    })
  }

  /** Something has changed. */
  look(): void {
    for (const waiter of this.#waiters) {
      if (!waiter.isMet()) continue
      this.#waiters.delete(waiter)
      waiter.resolve()
    }
  }

  /** Nothing will change any more. */
  end(error: MaestroError): void {
    this.#error = error
    for (const { reject } of this.#waiters) reject(error)
    this.#waiters.clear()
  }
}
