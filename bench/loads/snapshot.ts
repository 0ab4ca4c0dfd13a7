import { json } from 'node:stream/consumers'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { z } from 'zod'
import { ProjectId } from '../../events/index.ts'
import { openFileLog } from '../../src/log/file-log.ts'
import { createSnapshotFiles } from '../../src/log/snapshot-files.ts'
import { systemClock, systemStopwatch } from '../../src/platform/clock.ts'
import { createHasher, sha256 } from '../../src/platform/hash.ts'
import { createRecordIds } from '../../src/platform/ids.ts'
import { silentLogger } from '../../src/platform/logger.ts'
import { nodeFileSystem as fs } from '../../src/platform/node-file-system.ts'
import { createRandom } from '../../src/platform/random.ts'
import { pause } from '../../src/platform/timers.ts'
import { Snapshotter } from '../../src/store/snapshotter.ts'
import { Store } from '../../src/store/store.ts'
import { taskFields } from '../support/api.ts'
import { threadTime } from '../support/thread-time.ts'

/** Takes snapshots of a project of so many tasks, and prints for each how long it kept everything else waiting at most, s. */
const { dir, tasks, rounds } = z
  .object({ dir: z.string(), tasks: z.int(), rounds: z.int() })
  .parse(await json(process.stdin))

const pace = { pause, stopwatch: systemStopwatch }
const snapshots = createSnapshotFiles({ fs, dataDir: dir, sha256, createHasher })
const store = new Store({
  log: await openFileLog({ fs, sha256, pause, dir, fsync: 'never' }),
  snapshots,
  clock: systemClock,
  nextRecordId: createRecordIds(createRandom()),
  sha256,
  machine: { hostname: 'bench', platform: 'bench' },
  pace,
  defer: setImmediate,
})
const request = { actor: { kind: 'user' } } as const
const projectId = ProjectId.parse((await store.createProject({ name: 'Bench' }, request)).sight.id)

const create = (count: number): Promise<unknown> =>
  Promise.all(
    Array.from({ length: count }, () =>
      store.inProject(projectId, { type: 'create-task', ...taskFields, priority: 'high' }, request),
    ),
  )
for (let made = 0; made < tasks; made += 1000) await create(Math.min(1000, tasks - made))

const snapshotter = new Snapshotter({
  ...{ snapshots, sha256, createHasher, logger: silentLogger, ...pace },
  capture: (id) => store.capture(id),
  outstanding: () => [],
  limits: { records: 1, bytes: 1 },
})

/** The longest that nothing else had its turn while something was under way, s. */
const longestTurn = async (work: () => Promise<void>): Promise<number> => {
  const time = threadTime()
  let isOver = false
  let longest = 0
  const watching = async (): Promise<void> => {
    for (let last = time(); !isOver; ) {
      await nextTurn()
      const now = time()
      longest = Math.max(longest, now - last)
      last = now
    }
  }
  const watched = watching()
  await work()
  isOver = true
  await watched
  return longest / 1000
}

const turns: number[] = []
while (turns.length < rounds) {
  turns.push(
    await longestTurn(async () => {
      snapshotter.replayed(projectId)
      snapshotter.start()
      await snapshotter.idle()
    }),
  )
}
process.stdout.write(JSON.stringify(turns))
process.exit()
