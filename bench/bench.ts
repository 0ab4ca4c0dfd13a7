import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface Settings {
  /** The built program that is measured. */
  readonly program: string
  readonly rounds: number
  /** How long one side of a round goes on. */
  readonly seconds: number
}

/** What rows are given: how long to measure, where to put files, and somebody who tidies up after them. */
export class Bench implements Settings {
  readonly program: string
  readonly rounds: number
  readonly seconds: number
  readonly #say: (line: string) => void
  readonly #ends: Array<() => Promise<void>> = []

  constructor({ program, rounds, seconds }: Settings, say: (line: string) => void) {
    this.program = program
    this.rounds = rounds
    this.seconds = seconds
    this.#say = say
  }

  /** Tells whoever waits how far it is. */
  progress(line: string): void {
    this.#say(line)
  }

  /** A directory that is there until the row is over. Nothing is deleted while something is measured. */
  async scratch(): Promise<string> {
    const dir = await mkdtemp(join(tmpdir(), 'maestro-bench-'))
    this.atEnd(() => rm(dir, { recursive: true, force: true }))
    return dir
  }

  /** Says what to do when the row is over. What was said last is done first. */
  atEnd(end: () => Promise<void>): void {
    this.#ends.push(end)
  }

  /** Tidies up, and waits until the disk has nothing left to do of it: the next row must not pay for this one. */
  async end(): Promise<void> {
    for (const end of this.#ends.splice(0).reverse()) await end()
    await run('sync')
  }
}
