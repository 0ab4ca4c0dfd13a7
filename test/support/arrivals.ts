/** What has come and waits to be dealt with, in order. */
export class Arrivals<T> {
  readonly #waiting: T[] = []
  #wake = (): void => {}

  get count(): number {
    return this.#waiting.length
  }

  push(arrival: T): void {
    this.#waiting.push(arrival)
    this.#wake()
  }

  /** The first one, as soon as there is one. */
  async next(): Promise<T> {
    for (;;) {
      const [first] = this.#waiting.splice(0, 1)
      if (first !== undefined) return first
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  /** All of them. */
  take(): T[] {
    return this.#waiting.splice(0)
  }
}
