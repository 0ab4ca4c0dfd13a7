/**
 * So many may do something at a time; all others wait in line. A turn whose holder only waits for its own client is called
 * back when somebody wants one, so that no slow client holds up the rest.
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
    if (this.#taken < this.#limit) this.#taken += 1
    else {
      const [patient] = this.#patient
      patient?.callBack()
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
    return new Turn(this)
  }

  /** Whether anybody waits in line. */
  get areWanted(): boolean {
    return this.#waiting.length > 0
  }

  /** A turn has ended: it goes to the next in line. */
  pass(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#taken -= 1
    else next()
  }

  /** A turn can be done without for now, or not any more. */
  spare(turn: Turn, isSpare: boolean): void {
    if (isSpare) this.#patient.add(turn)
    else this.#patient.delete(turn)
  }
}

/** The right to do what only so many may do at a time, until its holder ends it. */
export class Turn {
  readonly #turns: Turns
  readonly #calledBack: Promise<void>
  #callBack = (): void => {}
  #isCalledBack = false
  #isOver = false

  constructor(turns: Turns) {
    this.#turns = turns
    this.#calledBack = new Promise((resolve) => {
      this.#callBack = resolve
    })
  }

  /** Whether somebody waits for a turn. */
  get isWanted(): boolean {
    return this.#turns.areWanted
  }

  /** Whether somebody wants this one: its holder lets go of what it has, and ends it. */
  get isCalledBack(): boolean {
    return this.#isCalledBack
  }

  callBack(): void {
    this.#isCalledBack = true
    this.#turns.spare(this, false)
    this.#callBack()
  }

  /** May be called again. */
  end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#turns.pass()
  }

  /** Waits for something that has nothing to do with the turn, but no longer than until it is called back. */
  async during(something: Promise<void>): Promise<void> {
    if (this.isWanted) return this.callBack()
    this.#turns.spare(this, true)
    await Promise.race([something, this.#calledBack])
    this.#turns.spare(this, false)
  }
}
