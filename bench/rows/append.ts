import type { Bench } from '../bench.ts'
import { jetstream } from '../peers/jetstream.ts'
import type { Peer } from '../peers/peer.ts'
import { postgresql } from '../peers/postgresql.ts'
import { redis } from '../peers/redis.ts'
import { sqlite } from '../peers/sqlite.ts'
import type { Measure, Row, Target } from '../row.ts'
import { runScript } from '../support/subjects.ts'

const waiting = 100

const appends = async (bench: Bench, writers: number): Promise<Measure> => {
  const dir = await bench.scratch()
  return async () => Number(await runScript('loads/append.ts', { dir, writers, seconds: bench.seconds }))
}

const beside = (name: string, peer: Peer, writers: number, target?: Target): Row => ({
  ...{ name: `append-${name}`, group: 'append', unit: '/s' },
  ...(target && { target }),
  what: `append in process, ${writers === 1 ? 'one writer' : `${writers} waiting`}, sealed and hashed`,
  reference: peer.what,
  prepare: async (bench) => ({
    reference: await peer.prepare(bench, writers),
    ours: await appends(bench, writers),
  }),
})

export const appendRows: readonly Row[] = [
  beside('postgresql', postgresql, waiting, { atLeast: 5 }),
  beside('jetstream', jetstream, waiting, { atLeast: 10 }),
  beside('redis', redis, waiting, { atLeast: 0.7 }),
  beside('sqlite', sqlite, 1),
]
