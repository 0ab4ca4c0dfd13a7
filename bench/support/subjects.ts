import type { Bench } from '../bench.ts'
import { type HttpLoad, HttpResult } from '../loads/http.ts'
import { output, pathOf, type Running, start, typescript } from './processes.ts'

/** A server under measurement, in a process of its own. */
export interface Subject extends Running {
  readonly port: number
}

const listening = /(?:port=|127\.0\.0\.1:)(\d+)/

const started = async (running: Running): Promise<Subject> => {
  const line = await running.line((text) => listening.test(text))
  return { ...running, port: Number(listening.exec(line)?.[1]) }
}

/** One of the servers that ours is held against, until the row is over. */
export const startReference = async (
  bench: Bench,
  name: 'bare' | 'durable' | 'express' | 'fan-out',
  ...args: readonly string[]
): Promise<Subject> => {
  const running = start(process.execPath, [...typescript, pathOf(`servers/${name}.ts`), ...args])
  bench.atEnd(() => running.stop())
  return started(running)
}

/** Our server as it is shipped, with every check on, at most until the row is over. */
export const startServer = async (
  bench: Bench,
  dataDir: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Subject> => {
  const fixed = {
    PATH: process.env.PATH,
    HOME: dataDir,
    PORT: '0',
    DATA_DIR: dataDir,
    FSYNC: 'always',
    LOG_FORMAT: 'json',
  }
  const running = start(process.execPath, [bench.program, 'serve'], { env: { ...fixed, ...env } })
  // In an orderly end it would first write the files of all entities, to be removed right after.
  bench.atEnd(() => running.stop('SIGKILL'))
  return started(running)
}

/** Asks a server from another process, and resolves with what came back, whatever it was. */
export const load = async (options: HttpLoad): Promise<HttpResult> =>
  HttpResult.parse(JSON.parse(await runScript('loads/http.ts', options)))

/** The same, but nothing may have been refused. */
export const cleanLoad = async (options: HttpLoad): Promise<HttpResult> => {
  const result = await load(options)
  const bad = Object.entries(result.statuses).filter(([status]) => !status.startsWith('2'))
  if (bad.length > 0) throw new Error(`${options.method} ${options.paths[0]}: ${JSON.stringify(result.statuses)}`)
  return result
}

/** Runs one of our scripts with options on its standard input, to its end. */
export const runScript = (script: string, options: object, flags: readonly string[] = []): Promise<string> =>
  output(process.execPath, [...flags, ...typescript, pathOf(script)], { input: JSON.stringify(options) })

/** Longer than anything is measured, ms. */
const forLong = 3_600_000

/** Measures something while a server is asked all the time, from another process. */
export const underLoad = async <T>(
  options: Omit<HttpLoad, 'warmUp' | 'duration'>,
  measure: () => Promise<T>,
): Promise<T> => {
  const asking = start(process.execPath, [...typescript, pathOf('loads/http.ts')], {
    input: JSON.stringify({ ...options, warmUp: 0, duration: forLong }),
  })
  try {
    return await measure()
  } finally {
    await asking.stop('SIGKILL')
  }
}
