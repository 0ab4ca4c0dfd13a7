interface Waiter {
  readonly offset: number
  readonly wake: () => void
}

/** Those who wait for a head to move. */
export class Waiters {
  readonly #waiting = new Set<Waiter>()

  /** Resolves at the first head beyond `offset`, or when the signal aborts. */
  wait(offset: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(waiter)
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      const waiter = { offset, wake }
      this.#waiting.add(waiter)
      signal?.addEventListener('abort', wake)
    })
  }

  get isEmpty(): boolean {
    return this.#waiting.size === 0
  }

  wake(head: number): void {
    for (const { offset, wake } of this.#waiting) if (head > offset) wake()
  }
}
