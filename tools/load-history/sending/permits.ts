/** A number of permits that are taken and given back; whoever finds none waits in line. */
export class Permits {
  #free: number
  readonly #line: Array<() => void> = []

  constructor(count: number) {
    this.#free = count
  }

  async take(): Promise<void> {
    if (this.#free > 0) this.#free -= 1
    else await new Promise<void>((resolve) => this.#line.push(resolve))
  }

  /** Hands it to the first in line. */
  giveBack(): void {
    const next = this.#line.shift()
    if (next === undefined) this.#free += 1
    else next()
  }
}
