/** How patient the server is, ms. */
export interface LivenessLimits {
  /** A ping goes out this long after the last, and this long is waited for its pong. */
  readonly pingEvery: number
  /** A client to which nothing could be delivered for so long is let go. */
  readonly stuckAfter: number
}

/** How much of what was written has not been delivered, and how much was ever written, bytes. */
export interface Delivery {
  readonly waiting: number
  readonly written: number
}

/**
 * Tells whether a client is still there. A client that has everything must answer pings. One that has not is not asked,
 * since its pong would wait behind what it does not read: it must make progress instead.
 */
export class Liveness {
  #pingedAt: number | undefined
  #awaitsPong = false
  #delivered = 0
  #progressAt: number | undefined
  #stuck = false
  readonly #limits: LivenessLimits

  constructor(limits: LivenessLimits) {
    this.#limits = limits
  }

  /** Whether bytes wait of which nothing was delivered between the last two looks. */
  get isStuck(): boolean {
    return this.#stuck
  }

  answered(): void {
    this.#awaitsPong = false
  }

  /** `now` is ms on a clock that never jumps. Asked every so often; says what to do. */
  check(now: number, { waiting, written }: Delivery): 'ping' | 'noPong' | 'noProgress' | undefined {
    const delivered = written - waiting
    this.#stuck = waiting > 0 && delivered === this.#delivered
    if (waiting === 0 || delivered !== this.#delivered || this.#progressAt === undefined) {
      this.#delivered = delivered
      this.#progressAt = now
    }
    if (waiting > 0) {
      // The pong clock stands still.
      if (this.#awaitsPong) this.#pingedAt = now
      return now - this.#progressAt >= this.#limits.stuckAfter ? 'noProgress' : undefined
    }
    this.#pingedAt ??= now
    if (now - this.#pingedAt < this.#limits.pingEvery) return undefined
    if (this.#awaitsPong) return 'noPong'
    this.#pingedAt = now
    this.#awaitsPong = true
    return 'ping'
  }
}
