import { AppError } from '../errors.ts'
import type { Count } from '../platform/metrics.ts'

/** How much the server takes on at once. */
export interface GateLimits {
  /** Writes that are being carried out. */
  readonly writes: number
  /** Bytes of the bodies of writes, those that are still arriving included. */
  readonly bytes: number
  /** Delay of the event loop, ms, above which there is too much to do already. */
  readonly loopDelay: number
}

/** How many writes were refused, by what there was too much of. */
export type Refusals = Readonly<Record<keyof GateLimits, Count>>

export interface GateOptions {
  readonly limits: GateLimits
  /** The delay of the event loop in the middle case, ms, over the last while. */
  readonly loopDelay: () => number
  readonly refusals: Refusals
}

/**
 * Lets writes in as long as there is room for them. Too many would not be done any sooner: they would wait in memory, and reads
 * behind them. Whoever is refused is told so at once, before anything is done; reads are never refused.
 */
export class Gate {
  readonly #options: GateOptions
  /** The same for everybody: to find out where it was made would cost more than to refuse. */
  readonly #refused = new AppError('RATE_LIMITED', 'The server has more to write than it can take on; try again soon')
  #writes = 0
  #bytes = 0

  constructor(options: GateOptions) {
    this.#options = options
  }

  /** Writes that are being carried out. */
  get writes(): number {
    return this.#writes
  }

  /** Bytes of bodies that are held for writes. */
  get bytes(): number {
    return this.#bytes
  }

  /** For a write that has just arrived. Throws RATE_LIMITED when there is no room for it; its body need not be read then. */
  admit(): Pass {
    const { limits, loopDelay } = this.#options
    if (this.#writes >= limits.writes) throw this.#refusal('writes')
    if (this.#bytes >= limits.bytes) throw this.#refusal('bytes')
    if (loopDelay() > limits.loopDelay) throw this.#refusal('loopDelay')
    return new Pass(this)
  }

  hold(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes > this.#options.limits.bytes) throw this.#refusal('bytes')
  }

  enter(): void {
    if (this.#writes >= this.#options.limits.writes) throw this.#refusal('writes')
    this.#writes += 1
  }

  leave(writes: number, bytes: number): void {
    this.#writes -= writes
    this.#bytes -= bytes
  }

  #refusal(reason: keyof GateLimits): AppError {
    this.#options.refusals[reason].add()
    return this.#refused
  }
}

/** What one write takes up. */
export class Pass {
  readonly #gate: Gate
  #writes = 0
  #bytes = 0

  constructor(gate: Gate) {
    this.#gate = gate
  }

  /** So many bytes of the body have come. Throws RATE_LIMITED when all bodies together are too much. */
  hold(bytes: number): void {
    this.#bytes += bytes
    this.#gate.hold(bytes)
  }

  /** The body is there, and the write begins. Only now does it count: many may send slowly, and keep nobody else out. */
  enter(): void {
    this.#gate.enter()
    this.#writes = 1
  }

  /** The write is over, however it ended. */
  leave(): void {
    this.#gate.leave(this.#writes, this.#bytes)
    this.#writes = 0
    this.#bytes = 0
  }
}
