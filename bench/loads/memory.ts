import { json } from 'node:stream/consumers'
import { z } from 'zod'
import { ProjectId } from '../../events/index.ts'
import { asText } from '../../projections/index.ts'
import { openFileLog } from '../../src/log/file-log.ts'
import { createSnapshotFiles } from '../../src/log/snapshot-files.ts'
import { systemClock, systemStopwatch } from '../../src/platform/clock.ts'
import { createHasher, sha256 } from '../../src/platform/hash.ts'
import { createRecordIds } from '../../src/platform/ids.ts'
import { nodeFileSystem as fs } from '../../src/platform/node-file-system.ts'
import { createRandom } from '../../src/platform/random.ts'
import { pause } from '../../src/platform/timers.ts'
import { Store } from '../../src/store/store.ts'
import { taskFields } from '../support/api.ts'

/** Makes tasks as requests would, lists them as a client would, and prints what one weighs, in memory and as JSON. */
const { dir, tasks } = z.object({ dir: z.string(), tasks: z.int() }).parse(await json(process.stdin))

const store = new Store({
  log: await openFileLog({ fs, sha256, pause, dir, fsync: 'never' }),
  snapshots: createSnapshotFiles({ fs, dataDir: dir, sha256, createHasher }),
  clock: systemClock,
  nextRecordId: createRecordIds(createRandom()),
  sha256,
  machine: { hostname: 'bench', platform: 'bench' },
  pace: { pause, stopwatch: systemStopwatch },
  defer: setImmediate,
})
const request = { actor: { kind: 'user' } } as const

const used = (): number => {
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

const create = (projectId: ProjectId, count: number): Promise<unknown> =>
  Promise.all(
    Array.from({ length: count }, () =>
      store.inProject(projectId, { type: 'create-task', ...taskFields, priority: 'high' }, request),
    ),
  )

const projectId = ProjectId.parse((await store.createProject({ name: 'Bench' }, request)).sight.id)
await create(projectId, 100)
const before = used()
for (let made = 0; made < tasks; made += 1000) await create(projectId, Math.min(1000, tasks - made))
const texts = store.tasks(projectId, {}).map(({ json: text }) => asText(text))
const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / texts.length
texts.length = 0
process.stdout.write(`${JSON.stringify({ bytes: (used() - before) / tasks, json: bytes })}\n`)
process.exit()
