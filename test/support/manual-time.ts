import type { Every } from '../../src/platform/timers.ts'

interface Regular {
  readonly ms: number
  readonly run: () => void
  due: number
}

/** Time that passes when a test says so. */
export class ManualTime {
  readonly #regulars = new Set<Regular>()
  #now = 0

  /** Ms since it began. */
  readonly stopwatch = (): number => this.#now

  readonly every: Every = (ms, run) => {
    const regular = { ms, run, due: this.#now + ms }
    this.#regulars.add(regular)
    return () => this.#regulars.delete(regular)
  }

  /** Lets time pass, and does in order what is due by then. */
  pass(ms: number): void {
    const end = this.#now + ms
    for (;;) {
      const [next] = [...this.#regulars].sort((a, b) => a.due - b.due)
      if (next === undefined || next.due > end) break
      this.#now = next.due
      next.due += next.ms
      next.run()
    }
    this.#now = end
  }
}
