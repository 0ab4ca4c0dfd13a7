import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { inject } from 'vitest'

/** The program of this run's build. */
export const builtProgram = join(inject('build'), 'program', 'main.js')

export interface ServerProcessOptions {
  readonly dataDir: string
  /** Which program it is; that of this run's build if not given. */
  readonly program?: string
  readonly env?: Readonly<Record<string, string>>
  readonly args?: readonly string[]
}

export interface LogLine {
  readonly level: string
  readonly msg: string
  readonly [field: string]: unknown
}

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A real server in a process of its own, on a free port of 127.0.0.1. */
export interface ServerProcess {
  readonly url: string
  readonly pid: number
  /** Everything it has logged so far. */
  readonly logs: readonly LogLine[]
  /** The first line, past or to come, that fits. Rejects when the process ends without it. */
  logged(fits: (line: LogLine) => boolean): Promise<LogLine>
  readonly exited: Promise<Exit>
  /** Ends it as a person would, and waits. */
  stop(signal?: 'SIGTERM' | 'SIGINT'): Promise<Exit>
  /** Ends it as a power cut would, and waits. */
  kill(): Promise<Exit>
}

const running = new Set<ChildProcess>()
// Whatever becomes of the tests, no server outlives them. By default, a signal would end this process without an exit event.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => process.exit(1))

export const environment = ({ dataDir, env }: ServerProcessOptions): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  HOME: dataDir,
  PORT: '0',
  DATA_DIR: dataDir,
  LOG_FORMAT: 'json',
  ...env,
})

/** Starts `maestro serve` and resolves when it listens. Rejects with what it printed when it ends before. */
export const startServerProcess = async (options: ServerProcessOptions): Promise<ServerProcess> => {
  const child = spawn(process.execPath, [options.program ?? builtProgram, 'serve', ...(options.args ?? [])], {
    env: environment(options),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  let stderr = ''
  child.stderr.on('data', (text: Buffer) => {
    stderr += text.toString()
  })
  const logs: LogLine[] = []
  const waiting = new Set<(line: LogLine) => void>()
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line: LogLine = JSON.parse(text)
    logs.push(line)
    for (const tell of waiting) tell(line)
  })
  const exited = once(child, 'close').then(([code, signal]): Exit => {
    running.delete(child)
    return { code, signal }
  })
  const logged = (fits: (line: LogLine) => boolean): Promise<LogLine> =>
    new Promise((resolve, reject) => {
      const past = logs.find(fits)
      if (past !== undefined) return resolve(past)
      const tell = (line: LogLine): void => {
        if (!fits(line)) return
        waiting.delete(tell)
        resolve(line)
      }
      waiting.add(tell)
      void exited.then(({ code, signal }) => reject(new Error(`server ended with ${code ?? signal}: ${stderr}`)))
    })
  const end = (signal: NodeJS.Signals): Promise<Exit> => {
    child.kill(signal)
    return exited
  }
  const { url } = await logged((line) => line.msg.startsWith('listening on '))
  return {
    url: String(url),
    pid: Number(child.pid),
    logs,
    logged,
    exited,
    stop: (signal = 'SIGTERM') => end(signal),
    kill: () => end('SIGKILL'),
  }
}

/** Runs `maestro` with any words until it ends. */
export const runMaestro = async (
  args: readonly string[],
  options: ServerProcessOptions,
): Promise<Exit & { readonly stdout: string; readonly stderr: string }> => {
  const child = spawn(process.execPath, [options.program ?? builtProgram, ...args], {
    env: environment(options),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (text: Buffer) => {
    output.stdout += text.toString()
  })
  child.stderr.on('data', (text: Buffer) => {
    output.stderr += text.toString()
  })
  const [code, signal] = await once(child, 'close')
  running.delete(child)
  return { code, signal, ...output }
}
