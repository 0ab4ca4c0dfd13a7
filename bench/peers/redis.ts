import { join } from 'node:path'
import { start } from '../support/processes.ts'
import { runScript } from '../support/subjects.ts'
import { find } from './find.ts'
import type { Peer } from './peer.ts'

export const redis: Peer = {
  what: 'Redis, XADD, appendfsync always',
  prepare: async (bench, waiting) => {
    const program = await find('redis-server')
    const dir = await bench.scratch()
    const socket = join(dir, 'redis.sock')
    const options = {
      port: 0,
      unixsocket: socket,
      dir,
      appendonly: 'yes',
      appendfsync: 'always',
      save: '',
      daemonize: 'no',
    }
    const server = start(
      program,
      Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
    )
    bench.atEnd(() => server.stop())
    await server.line((line) => /ready to accept connections/i.test(line))
    return async () => Number(await runScript('loads/redis.ts', { socket, waiting, seconds: bench.seconds }))
  },
}
