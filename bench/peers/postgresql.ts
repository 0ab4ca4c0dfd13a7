import { chown, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Unavailable } from '../row.ts'
import { output, start } from '../support/processes.ts'
import { find, postgresqlFolders } from './find.ts'
import type { Peer } from './peer.ts'

const table = 'CREATE TABLE records (id bigserial PRIMARY KEY, record text NOT NULL)'
const insert = `INSERT INTO records (record) VALUES ('${'r'.repeat(300)}');\n`

export const postgresql: Peer = {
  what: 'PostgreSQL, INSERT, each its own transaction',
  prepare: async (bench, waiting) => {
    const folders = await postgresqlFolders()
    // Its own load generator is written in C and so takes the least of the processor.
    const pgbench = await find('pgbench', folders)
    const bin = dirname(await find('initdb', folders))
    const dir = await bench.scratch()
    const data = join(dir, 'data')
    const script = join(dir, 'insert.sql')
    await writeFile(script, insert)
    const user = await userFor(dir)
    await output(join(bin, 'initdb'), ['-D', data, '-A', 'trust', '-U', 'bench', '--no-sync'], { ...user, cwd: dir })
    const settings = [`listen_addresses=`, `unix_socket_directories=${dir}`, `max_connections=${waiting + 10}`]
    const options = settings.flatMap((setting) => ['-c', setting])
    const server = start(join(bin, 'postgres'), ['-D', data, ...options], { ...user, cwd: dir, quiet: true })
    bench.atEnd(() => server.stop('SIGINT'))
    const ask = ['-h', dir, '-U', 'bench', 'postgres']
    await answering(() => output(join(bin, 'pg_isready'), ['-h', dir, '-U', 'bench']))
    await output(await find('psql', folders), ['-qc', table, ...ask])
    const load = [
      '-n',
      '-M',
      'prepared',
      '-c',
      String(waiting),
      '-j',
      '2',
      '-T',
      String(Math.ceil(bench.seconds)),
      '-f',
      script,
    ]
    return async () => {
      const report = await output(pgbench, [...load, ...ask])
      return Number(/^tps = ([\d.]+)/m.exec(report)?.[1])
    }
  },
}

/** PostgreSQL refuses to run as root: then it runs as the user that its package has made. */
const userFor = async (dir: string): Promise<{ uid?: number; gid?: number }> => {
  if (process.getuid?.() !== 0) return {}
  const idOf = (flag: string): Promise<string> =>
    output('id', [flag, 'postgres']).catch(() => {
      throw new Unavailable('PostgreSQL does not run as root, and there is no user postgres')
    })
  const [uid, gid] = [Number(await idOf('-u')), Number(await idOf('-g'))]
  await chown(dir, uid, gid)
  return { uid, gid }
}

const patience = 10_000

/** Asks until there is an answer. */
const answering = async (ask: () => Promise<unknown>): Promise<void> => {
  const began = performance.now()
  for (;;) {
    try {
      await ask()
      return
    } catch (error) {
      if (performance.now() - began > patience) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}
