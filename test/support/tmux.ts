import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'
import { scratchDirectory } from './scratch.ts'
import { builtProgram, environment } from './server-process.ts'

const run = promisify(execFile)

/** How long something may take to appear on the screen, ms: a busy machine is slow. */
const deadline = 20_000
const lookEvery = 30

/** A real terminal, of which keys are pressed and the screen is read. */
export interface TerminalSession {
  /** Keys by the names that tmux has for them, such as `Enter`, `Left` or `C-c`. */
  press(...keys: readonly string[]): Promise<void>
  /** Presses the keys of a text. */
  type(text: string): Promise<void>
  /** What is on the screen, a line each. */
  screen(): Promise<string[]>
  /** The screen as soon as it shows what is waited for; rejects with what it shows instead. */
  shows(what: string | RegExp): Promise<string[]>
  resize(columns: number, rows: number): Promise<void>
  /** The id of the process in the terminal. */
  pid(): Promise<number>
}

export interface TerminalOptions {
  readonly dataDir: string
  readonly columns: number
  readonly rows: number
  /** Said when the program is over, with its exit code. */
  readonly then?: string
}

/** Runs `maestro` in a terminal of its own, until the test is over. */
export const openTerminal = async (
  words: readonly string[],
  { dataDir, columns, rows }: TerminalOptions,
): Promise<TerminalSession> => {
  const socket = join(await scratchDirectory(), 'tmux')
  const tmux = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await run('tmux', ['-S', socket, '-f', '/dev/null', ...args], { env: environment({ dataDir }) })
    return stdout
  }
  const program = [process.execPath, builtProgram, ...words].map((word) => `'${word}'`).join(' ')
  // The terminal stays when the program is over, and shows what it was left as.
  const command = `${program}; echo "ended with $?"; stty -a | grep -o ' -\\?icanon\\| -\\?echo '; exec cat`
  await tmux('new-session', '-d', '-x', String(columns), '-y', String(rows), command).catch(unlessMissing)
  onTestFinished(async () => void (await tmux('kill-server')))
  const screen = async (): Promise<string[]> => (await tmux('capture-pane', '-p')).replace(/\n$/, '').split('\n')
  return {
    press: async (...keys) => void (await tmux('send-keys', ...keys)),
    type: async (text) => void (await tmux('send-keys', '-l', text)),
    screen,
    shows: (what) => until(screen, what),
    resize: async (x, y) => void (await tmux('resize-window', '-x', String(x), '-y', String(y))),
    pid: async () => Number(await tmux('display-message', '-p', '#{pane_pid}')),
  }
}

const unlessMissing = (error: unknown): never => {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
    throw new Error('This test takes a terminal: install tmux', { cause: error })
  }
  throw error
}

/** A terminal tells nobody when it has drawn something: it is looked at now and then. */
const until = async (screen: () => Promise<string[]>, what: string | RegExp): Promise<string[]> => {
  const began = performance.now()
  for (;;) {
    const lines = await screen()
    const text = lines.join('\n')
    if (typeof what === 'string' ? text.includes(what) : what.test(text)) return lines
    if (performance.now() - began > deadline) throw new Error(`no ${what} on the screen:\n${text}`)
    await new Promise((resolve) => setTimeout(resolve, lookEvery))
  }
}
