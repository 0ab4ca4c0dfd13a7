import { writeSync } from 'node:fs'
import { emitKeypressEvents, type Key } from 'node:readline'
import { AppError } from '../../../src/errors.ts'
import type { Size } from './model.ts'

/** What a program that takes the whole screen needs of a terminal. */
export interface Terminal {
  readonly size: () => Size
  /** Takes the screen, until `close`. */
  open(listener: TerminalListener): void
  draw(lines: readonly string[]): void
  /** Gives the screen back to the shell, which stops the process; takes it again when the shell lets it go on. */
  suspend(): void
  /** Gives the screen back as it was. */
  close(): void
}

export interface TerminalListener {
  readonly key: (name: string) => void
  readonly resized: (size: Size) => void
  /** Nobody sits at the terminal any more. */
  readonly gone: () => void
}

const enter = '\u001b[?1049h\u001b[?25l'
const leave = '\u001b[?25h\u001b[?1049l'
/** Draws over what is there rather than clearing it first, so that nothing flickers. */
const home = '\u001b[H'
const clearLine = '\u001b[K'
const clearRest = '\u001b[J'

const usualSize: Size = { columns: 80, rows: 24 }

/** The signals that end a process, and their numbers. */
const signals = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const

/** The terminal of this process. Throws VALIDATION_ERROR when it has none. */
export const processTerminal = (): Terminal => {
  const { stdin, stdout } = process
  if (!stdin.isTTY || !stdout.isTTY) {
    throw new AppError('VALIDATION_ERROR', '--step takes a terminal for its keys and its screen')
  }
  return new ProcessTerminal()
}

class ProcessTerminal implements Terminal {
  #listener: TerminalListener | undefined

  readonly size = (): Size => {
    const { columns, rows } = process.stdout
    return columns > 0 && rows > 0 ? { columns, rows } : usualSize
  }

  open(listener: TerminalListener): void {
    this.#listener = listener
    const { stdin, stdout } = process
    emitKeypressEvents(stdin)
    stdin.on('keypress', this.#press)
    stdin.on('end', listener.gone)
    stdout.on('resize', this.#resize)
    process.on('SIGCONT', this.#take)
    // However the process ends, the terminal gets back what it was.
    process.on('exit', restore)
    for (const [signal, number] of Object.entries(signals)) process.on(signal, () => process.exit(128 + number))
    this.#take()
  }

  draw(lines: readonly string[]): void {
    process.stdout.write(`${home}${lines.map((line) => `${line}${clearLine}`).join('\r\n')}${clearRest}`)
  }

  suspend(): void {
    restore()
    process.kill(process.pid, 'SIGSTOP')
  }

  close(): void {
    const { stdin, stdout } = process
    stdin.off('keypress', this.#press)
    stdout.off('resize', this.#resize)
    process.off('SIGCONT', this.#take)
    process.off('exit', restore)
    for (const signal of Object.keys(signals)) process.removeAllListeners(signal)
    restore()
    stdin.pause()
    stdin.unref()
  }

  readonly #take = (): void => {
    process.stdin.setRawMode(true)
    process.stdin.resume()
    process.stdout.write(enter)
    this.#resize()
  }

  readonly #resize = (): void => this.#listener?.resized(this.size())

  readonly #press = (text: string | undefined, key: Key): void => this.#listener?.key(nameOfKey(text, key))
}

/** Synchronous, because it is also the last thing that the process does. */
const restore = (): void => {
  if (process.stdin.isRaw) process.stdin.setRawMode(false)
  writeSync(process.stdout.fd, leave)
}

const named = new Set(['space', 'return', 'backspace', 'escape', 'tab'])

/** Letters and signs are themselves; the rest has the name that Node gives it. */
const nameOfKey = (text: string | undefined, { name, ctrl, sequence }: Key): string => {
  if (ctrl === true && name !== undefined) return `ctrl-${name}`
  if (name === 'enter') return 'return'
  if (name !== undefined && named.has(name)) return name
  const isPrintable = text !== undefined && /^[^\p{Cc}]+$/u.test(text)
  return isPrintable ? text : (name ?? sequence ?? '')
}
