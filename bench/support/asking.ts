import type { Bench } from '../bench.ts'
import type { HttpLoad } from '../loads/http.ts'
import { cleanLoad, type Subject, startServer } from './subjects.ts'

/** One figure of `GET /metrics`. */
export const metric = async ({ port }: Pick<Subject, 'port'>, name: string): Promise<number> => {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  const found = new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]
  if (found === undefined) throw new Error(`there is no metric ${name}`)
  return Number(found)
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** A server that has nothing left to do from its start: the files of all entities are written. */
export const settledServer = async (
  bench: Bench,
  dataDir: string,
  env?: Readonly<Record<string, string>>,
): Promise<Subject> => {
  const server = await startServer(bench, dataDir, env)
  for (let told = 0; ; told += 1) {
    const behind = await metric(server, 'maestro_entity_files_behind')
    if (behind === 0) return server
    if (told % 20 === 19) bench.progress(`waiting for ${behind} entity files`)
    await wait(250)
  }
}

type Question = Pick<HttpLoad, 'method' | 'paths' | 'bodies' | 'headers'>

/** Half of the answers to one client that waits for each come within so long, s. */
export const latency = async (bench: Bench, { port }: Subject, question: Question): Promise<number> => {
  for (let duration = bench.seconds * 1000; ; duration *= 4) {
    const load = { port, ...question, connections: 1, warmUp: duration / 4, duration }
    const { p50 } = await cleanLoad(load)
    // What takes longer than that is given more time.
    if (p50 > 0) return p50 / 1000
  }
}

/** How long a server takes until it listens, from the beginning of its process, s. It is killed, so that it changes nothing. */
export const startTime = async (
  bench: Bench,
  dataDir: string,
  env?: Readonly<Record<string, string>>,
): Promise<number> => {
  const began = performance.now()
  const server = await startServer(bench, dataDir, env)
  const seconds = (performance.now() - began) / 1000
  await server.stop('SIGKILL')
  return seconds
}
