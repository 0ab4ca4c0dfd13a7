import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, onTestFinished } from 'vitest'
import { apiOf, type Call } from './api.ts'
import { documented } from './documented.ts'
import { type Listener, listenTo } from './listener.ts'
import { type ServerProcess, startServerProcess } from './server-process.ts'

/** One server process for all tests of a file. Each test makes its own project, so none sees another's. */
export interface SharedServer {
  readonly url: string
  readonly dataDir: string
  readonly process: ServerProcess
  /** Fails for every answer that the API documents do not have. */
  readonly call: Call
  /** A WebSocket client for the rest of the test; `path` may hold a query. */
  listen(path?: string, headers?: Readonly<Record<string, string>>): Promise<Listener>
  /** Ends the process, as a person would or as a power cut would, and starts another over the same directory. */
  restart(how?: 'stop' | 'kill'): Promise<void>
}

/** To be called where hooks may be. `env` is added to the environment of the process; `$DATA` in it is its directory. */
export const sharedServer = (env: Readonly<Record<string, string>> = {}): SharedServer => {
  let running: { readonly dataDir: string; readonly process: ServerProcess } | undefined
  const now = () => {
    if (running === undefined) throw new Error('the server is only there while tests run')
    return running
  }
  const start = async (dataDir: string): Promise<void> => {
    const entries = Object.entries(env).map(([name, value]) => [name, value.replace('$DATA', () => dataDir)])
    running = { dataDir, process: await startServerProcess({ dataDir, env: Object.fromEntries(entries) }) }
  }
  beforeAll(async () => start(await mkdtemp(join(tmpdir(), 'maestro-test-'))))
  afterAll(async () => {
    if (running === undefined) return
    // An orderly end would first write the files and snapshots of every project, to be removed right after.
    await running.process.kill()
    await rm(running.dataDir, { recursive: true, force: true })
  })
  return {
    get url() {
      return now().process.url
    },
    get dataDir() {
      return now().dataDir
    },
    get process() {
      return now().process
    },
    call: documented((method, path, options) => apiOf(now().process.url)(method, path, options)),
    listen: async (path = '/', headers = {}) => {
      const listener = await listenTo(`${now().process.url}${path}`, headers)
      onTestFinished(() => listener.close())
      return listener
    },
    restart: async (how = 'stop') => {
      const { dataDir, process } = now()
      await process[how]()
      await start(dataDir)
    },
  }
}
