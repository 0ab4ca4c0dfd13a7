import { join } from 'node:path'
import { runScript } from '../support/subjects.ts'
import type { Peer } from './peer.ts'

export const sqlite: Peer = {
  what: 'SQLite compiled to WebAssembly, WAL, synchronous=FULL, one INSERT a transaction',
  prepare: async (bench) => {
    const dir = await bench.scratch()
    return async () =>
      Number(await runScript('loads/sqlite.ts', { path: join(dir, 'records.db'), seconds: bench.seconds }))
  },
}
