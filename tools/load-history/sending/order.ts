import type { Handle, Touched } from '../mapping/step.ts'

/** Those who use one task or session now: the last one to change it, and who has looked at it since. */
interface Users {
  writer: Promise<void> | undefined
  readonly readers: Set<Promise<void>>
}

/**
 * Keeps conflicting steps in the order in which they are given, and lets all others run at once. So what comes out is
 * what one writer would have made, however many there are (conflict serialisability).
 */
export class Order {
  /** Only of what is under way. */
  readonly #users = new Map<Handle, Users>()

  /** Runs a step as soon as all earlier ones that it conflicts with have ended, well or not. */
  run(step: Touched, task: () => Promise<void>): Promise<void> {
    const result = Promise.all(this.#before(step)).then(task)
    const leave = (): void => this.#leave(step, ended)
    const ended: Promise<void> = result.then(leave, leave)
    this.#enter(step, ended)
    return result
  }

  #before({ reads, writes }: Touched): Array<Promise<void> | undefined> {
    return [
      ...reads.map((handle) => this.#users.get(handle)?.writer),
      ...writes.flatMap((handle) => {
        const users = this.#users.get(handle)
        return users === undefined ? [] : [users.writer, ...users.readers]
      }),
    ]
  }

  #enter({ reads, writes }: Touched, ended: Promise<void>): void {
    for (const handle of reads) this.#usersOf(handle).readers.add(ended)
    for (const handle of writes) {
      const users = this.#usersOf(handle)
      users.writer = ended
      // Whoever comes next waits for this writer, which waits for them.
      users.readers.clear()
    }
  }

  #leave({ reads, writes }: Touched, ended: Promise<void>): void {
    for (const handle of [...reads, ...writes]) {
      const users = this.#users.get(handle)
      if (users === undefined) continue
      users.readers.delete(ended)
      if (users.writer === ended) users.writer = undefined
      if (users.writer === undefined && users.readers.size === 0) this.#users.delete(handle)
    }
  }

  #usersOf(handle: Handle): Users {
    const users = this.#users.get(handle) ?? { writer: undefined, readers: new Set() }
    this.#users.set(handle, users)
    return users
  }
}
