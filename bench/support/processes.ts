import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Load, Measured } from './load.ts'

/** A server under measurement, in a process of its own. */
export interface Subject {
  readonly port: number
  stop(): Promise<void>
}

const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))

/** Starts a process and resolves with the port that it prints, as `port=1234` or as part of a URL in a log line. */
export const startSubject = async (
  script: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Subject> => {
  const child = spawn(process.execPath, ['--import', 'tsx', pathOf(script), ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  process.once('exit', () => child.kill('SIGKILL'))
  const lines = createInterface({ input: child.stdout })
  const port = await new Promise<number>((resolve, reject) => {
    lines.on('line', (line) => {
      const found = /(?:port=|127\.0\.0\.1:)(\d+)/.exec(line)?.[1]
      if (found !== undefined) resolve(Number(found))
    })
    child.once('exit', (code) => reject(new Error(`${script} ended with ${code} before it listened`)))
  })
  return {
    port,
    stop: async () => {
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      await exited
    },
  }
}

/** Runs the load generator in a process of its own. */
export const measure = async (load: Load): Promise<Measured> => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--import',
    'tsx',
    pathOf('load.ts'),
    JSON.stringify(load),
  ])
  return Measured.parse(JSON.parse(stdout))
}
