import type { Timer } from '../../src/client/environment.ts'
import type { Every } from '../../src/platform/timers.ts'

interface Alarm {
  readonly run: () => void
  /** How long after it went off it does so again, ms; not at all if undefined. */
  readonly again: number | undefined
  due: number
}

/** Time that passes when a test says so. */
export class ManualTime {
  readonly #alarms = new Set<Alarm>()
  #now = 0

  /** Ms since it began. */
  readonly stopwatch = (): number => this.#now

  readonly every: Every = (ms, run) => this.#set({ run, again: ms, due: this.#now + ms })

  readonly timer: Timer = (ms, run) => this.#set({ run, again: undefined, due: this.#now + ms })

  /** How long it is until each of the alarms that are set goes off, ms, the shortest first. */
  get pending(): number[] {
    return [...this.#alarms].map(({ due }) => due - this.#now).sort((a, b) => a - b)
  }

  /** Lets time pass, and does in order what is due by then. */
  pass(ms: number): void {
    const end = this.#now + ms
    for (;;) {
      const [next] = [...this.#alarms].sort((a, b) => a.due - b.due)
      if (next === undefined || next.due > end) break
      this.#now = next.due
      if (next.again === undefined) this.#alarms.delete(next)
      else next.due += next.again
      next.run()
    }
    this.#now = end
  }

  #set(alarm: Alarm): () => void {
    this.#alarms.add(alarm)
    return () => this.#alarms.delete(alarm)
  }
}
