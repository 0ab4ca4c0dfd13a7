import { expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { entriesOf } from '../../../tools/load-history/history/entries.ts'
import { openHistory, recordedFile } from '../../../tools/load-history/history/source.ts'
import { loadHistory } from '../../../tools/load-history/load.ts'
import { createApi } from '../../../tools/load-history/sending/api.ts'
import { persistent } from '../../../tools/load-history/sending/retry.ts'
import { openTarget } from '../../../tools/load-history/target.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { runMaestro, startServerProcess } from '../../support/server-process.ts'
import { startMirrors } from './mirrors.ts'

const history = await openHistory({}, recordedFile)
const changes = 20_000
const kills = 3
/** In so many processes, so many mirrors each. */
const [processes, mirrorsEach] = [2, 25]

const Folded = z.object({ head: z.int(), hash: z.string(), stateHash: z.string() })

it(`the first ${changes} changes of the ${history.origin.kind === 'file' ? 'recorded' : 'generated'} history are followed live by ${
  processes * mirrorsEach
} clients through ${kills} kills, and each ends with the same state`, async ({ annotate }) => {
  const dataDir = await scratchDirectory()
  let server = await startServerProcess({ dataDir })
  onTestFinished(async () => void (await server.kill()))
  const mirrors = await Promise.all(Array.from({ length: processes }, () => startMirrors(mirrorsEach, server.url)))
  let restarted: Promise<void> = Promise.resolve()
  const killAndRestart = async (): Promise<void> => {
    await server.kill()
    server = await startServerProcess({ dataDir })
    for (const one of mirrors) one.serverIsAt(server.url)
  }

  const api = createApi({ url: () => server.url })
  const send = persistent({ send: api.send, pause: () => restarted, onRetry: () => {} })
  const { id: projectId } = await openTarget({ kind: 'named', name: 'History' }, api)
  const { journal } = await loadHistory({
    ...{ entries: entriesOf(history, { from: 1, limit: changes }), send, projectId, writers: 16 },
    onChange: (done) => {
      if (done % (changes / (kills + 1)) === 0 && done < changes) restarted = killAndRestart()
    },
  })
  await restarted
  const last = Math.max(...journal.map(({ receipt }) => receipt.offset))
  const told = await Promise.all(mirrors.map((one) => one.endAfter(projectId, last)))
  await server.stop()

  const { stdout } = await runMaestro(['log', 'fold', '--project', projectId], { dataDir })
  const { head: offset, hash, stateHash } = Folded.parse(JSON.parse(stdout))
  expect(offset).toBe(last + 1)
  const ends = told.flatMap((one) => one.ends)
  expect(ends).toEqual(Array(processes * mirrorsEach).fill({ offset, hash, stateHash }))
  const reconnections = told.reduce((sum, one) => sum + one.reconnections, 0)
  expect(reconnections).toBeGreaterThanOrEqual(kills * processes)
  await annotate(`${offset} records, ${ends.length} mirrors, live again ${reconnections} times`)
}, 300_000)
