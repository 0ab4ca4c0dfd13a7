/** When clients were let in in so many turns of the event loop, one after the other, more of them are waiting. */
const crowdedTurns = 3

/**
 * Tells whether clients are waiting to be let in, which nobody but the system knows. Every turn of the event loop lets in one;
 * clients that come one after the other have a turn between them at least.
 */
export class Arrivals {
  readonly #defer: (run: () => void) => void
  #isWatching = false
  #hadOne = false
  #turns = 0

  /** `defer` runs something at the end of this turn of the event loop; `setImmediate` does. */
  constructor(defer: (run: () => void) => void) {
    this.#defer = defer
  }

  /** A client was let in. */
  note(): void {
    this.#hadOne = true
    if (!this.#isWatching) this.#watch()
  }

  get areMany(): boolean {
    return this.#turns >= crowdedTurns
  }

  #watch(): void {
    this.#isWatching = true
    this.#defer(() => {
      this.#turns = this.#hadOne ? this.#turns + 1 : 0
      this.#isWatching = false
      if (this.#hadOne) this.#watch()
      this.#hadOne = false
    })
  }
}
