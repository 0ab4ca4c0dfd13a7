/**
 * So many may do something at a time; all others wait in line. A turn whose holder only waits for its own client goes to
 * whoever wants one, so that no slow client holds up the rest.
 */
export class Turns {
  readonly #limit: number
  readonly #waiting: Array<() => void> = []
  readonly #patient = new Set<Turn>()
  #taken = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  async take(): Promise<Turn> {
    if (this.#taken === this.#limit) {
      const [patient] = this.#patient
      patient?.end()
    }
    if (this.#taken < this.#limit) this.#taken += 1
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    return new Turn(this)
  }

  /** Whether anybody waits in line. */
  get areWanted(): boolean {
    return this.#waiting.length > 0
  }

  /** Gives a turn to the next in line. */
  pass(turn: Turn): void {
    this.#patient.delete(turn)
    const next = this.#waiting.shift()
    if (next === undefined) this.#taken -= 1
    else next()
  }

  /** Whoever wants a turn may have this one. */
  offer(turn: Turn): void {
    if (this.areWanted) turn.end()
    else this.#patient.add(turn)
  }

  keep(turn: Turn): void {
    this.#patient.delete(turn)
  }
}

/** The right to do what only so many may do at a time, until it ends. */
export class Turn {
  readonly #turns: Turns
  #isOver = false

  constructor(turns: Turns) {
    this.#turns = turns
  }

  get isOver(): boolean {
    return this.#isOver
  }

  get isWanted(): boolean {
    return this.#turns.areWanted
  }

  /** May be called again. */
  end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#turns.pass(this)
  }

  /** Waits for something that has nothing to do with the turn, which ends if somebody wants it meanwhile. */
  async during(something: Promise<void>): Promise<void> {
    if (!this.#isOver) this.#turns.offer(this)
    await something
    this.#turns.keep(this)
  }
}
