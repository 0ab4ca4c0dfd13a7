import type { Bench } from '../bench.ts'
import { startServer } from './subjects.ts'

/** For a server that never takes a snapshot. */
export const noSnapshots = { SNAPSHOT_RECORDS: '9007199254740991', SNAPSHOT_BYTES: '9007199254740991' }

/** Lets a server write a snapshot at the end of the one log in a data directory, and ends it. */
export const takeSnapshot = async (bench: Bench, dataDir: string): Promise<void> => {
  const server = await startServer(bench, dataDir, { SNAPSHOT_RECORDS: '1', DEBUG: '1' })
  await server.line((line) => line.includes('snapshot written'))
  await server.stop('SIGKILL')
}
