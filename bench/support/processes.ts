import { type ChildProcess, type SpawnOptionsWithoutStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

/** Everything that was started and still runs. Whatever becomes of the bench, nothing outlives it. */
const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130))

/** The path of a script beside this bench. */
export const pathOf = (relative: string): string => fileURLToPath(new URL(`../${relative}`, import.meta.url))

/** How long a program may take to say that it is ready, ms. */
const patience = 120_000

export interface Running {
  readonly pid: number
  /** The next line of its output that fits, from the first on. Rejects when it ends without one. */
  line(fits: (line: string) => boolean): Promise<string>
  /** Ends it by its own process id, and waits until it is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>
}

export interface StartOptions extends SpawnOptionsWithoutStdio {
  /** What it is given to read. */
  readonly input?: string
  /** Whether what it writes to standard error belongs to its output, and is not shown. */
  readonly quiet?: boolean
}

/** Starts a program. */
export const start = (
  command: string,
  args: readonly string[],
  { input = '', quiet = false, ...options }: StartOptions = {},
): Running => {
  const child = spawn(command, [...args], { ...options, stdio: ['pipe', 'pipe', quiet ? 'pipe' : 'inherit'] })
  running.add(child)
  const gone = new Promise<void>((resolve) => {
    child.once('error', () => resolve())
    child.once('close', () => resolve())
  }).then(() => void running.delete(child))
  // That it did not read to the end is told by how it ended.
  child.stdin?.on('error', () => {}).end(input)
  const lines: string[] = []
  const lookers = new Set<() => void>()
  for (const input of [child.stdout, child.stderr]) {
    if (input === null) continue
    createInterface({ input }).on('line', (line) => {
      lines.push(line)
      for (const look of lookers) look()
    })
  }
  return {
    pid: child.pid ?? 0,
    line: (fits) =>
      new Promise((resolve, reject) => {
        const fail = (what: string): void =>
          reject(new Error(`${command} ${args.join(' ')} ${what}:\n${lines.join('\n')}`))
        const look = (): void => {
          const found = lines.find(fits)
          if (found === undefined) return
          lookers.delete(look)
          resolve(found)
        }
        lookers.add(look)
        look()
        void gone.then(() => fail('ended too early'))
        AbortSignal.timeout(patience).addEventListener('abort', () => fail('does not say what it should'))
      }),
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal)
      await gone
    },
  }
}

/** Runs a program to its end, with something on its standard input, and resolves with what it printed. */
export const output = async (
  command: string,
  args: readonly string[],
  { input = '', ...options }: Omit<StartOptions, 'quiet'> = {},
): Promise<string> => {
  const child = spawn(command, [...args], { ...options, stdio: 'pipe' })
  running.add(child)
  const ended = once(child, 'close')
  child.stdin.on('error', () => {}).end(input)
  const [printed, complaints] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  running.delete(child)
  if (child.exitCode !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${child.exitCode}:\n${complaints}`)
  return printed
}

/** How Node runs one of our own TypeScript files. */
export const typescript = ['--import', 'tsx'] as const
