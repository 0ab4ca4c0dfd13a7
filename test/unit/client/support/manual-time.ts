import type { Timer } from '../../../../src/client/environment.ts'

interface Alarm {
  readonly at: number
  readonly run: () => void
}

/** Time that passes when a test says so. */
export class ManualTime {
  readonly #alarms = new Set<Alarm>()
  #now = 0

  readonly timer: Timer = (ms, run) => {
    const alarm = { at: this.#now + ms, run }
    this.#alarms.add(alarm)
    return () => this.#alarms.delete(alarm)
  }

  /** For how long each of the timers that run has still to run, ms, the shortest first. */
  get pending(): number[] {
    return [...this.#alarms].map(({ at }) => at - this.#now).sort((a, b) => a - b)
  }

  /** Lets time pass, and what is due happen in order. */
  pass(ms: number): void {
    const end = this.#now + ms
    for (;;) {
      const [first] = [...this.#alarms].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)
      if (first === undefined) break
      this.#now = first.at
      this.#alarms.delete(first)
      first.run()
    }
    this.#now = end
  }
}
