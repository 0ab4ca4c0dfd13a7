import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Unavailable } from '../row.ts'
import { start } from '../support/processes.ts'
import { runScript } from '../support/subjects.ts'
import { find, versionOf } from './find.ts'
import type { Peer } from './peer.ts'

/** The first version that can be told to sync before it acknowledges. */
const first = [2, 10] as const

export const jetstream: Peer = {
  what: 'NATS JetStream, publish, sync_interval always',
  prepare: async (bench, waiting) => {
    const program = await find('nats-server')
    const [major, minor] = await versionOf(program)
    if (major < first[0] || (major === first[0] && minor < first[1])) {
      throw new Unavailable(`nats-server ${major}.${minor} has no sync_interval always; ${first.join('.')} does`)
    }
    const dir = await bench.scratch()
    const config = join(dir, 'nats.conf')
    await writeFile(config, `listen: "127.0.0.1:-1"\njetstream { store_dir: "${dir}", sync_interval: always }\n`)
    const server = start(program, ['-c', config], { quiet: true })
    bench.atEnd(() => server.stop())
    const line = await server.line((text) => text.includes('Listening for client connections on'))
    const port = Number(/:(\d+)\s*$/.exec(line)?.[1])
    await server.line((text) => text.includes('Server is ready'))
    return async () => Number(await runScript('loads/jetstream.ts', { port, waiting, seconds: bench.seconds }))
  },
}
