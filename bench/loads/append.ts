import { json } from 'node:stream/consumers'
import { z } from 'zod'
import { canonical, type DomainEvent, type Draft, ProjectId, start, TaskId } from '../../events/index.ts'
import { openFileLog } from '../../src/log/file-log.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { sha256 } from '../../src/platform/hash.ts'
import { createRecordIds } from '../../src/platform/ids.ts'
import { nodeFileSystem } from '../../src/platform/node-file-system.ts'
import { createRandom } from '../../src/platform/random.ts'
import { pause } from '../../src/platform/timers.ts'

/**
 * Appends to the log in this process: so many writers, each waiting until its record is durable before it makes the next.
 * While one append is under way the next batch gathers, as in the server. Prints records per second.
 */
const Options = z.object({ dir: z.string(), writers: z.int(), seconds: z.number() })
const { dir, writers, seconds } = Options.parse(await json(process.stdin))

const log = await openFileLog({ fs: nodeFileSystem, sha256, pause, dir, fsync: 'always' })
const nextRecordId = createRecordIds(createRandom())
const projectId = ProjectId.parse('proj_bench')
await log.replay(projectId, start, () => {})

const event: DomainEvent = {
  type: 'task:created',
  data: {
    taskId: TaskId.parse('task_1706790000000_0000000000000000'),
    title: 'Add export/import commands',
    description: 'Support bd export --format=jsonl and bd import for text-based git workflow',
    priority: 'high',
  },
}
/** Ready and the same for all, as what the peers are given: to make events is not what is measured. */
const data = canonical(event.data)
const draft = (): Draft => {
  const at = systemClock()
  return { id: nextRecordId(at), projectId, at, type: event.type, actor: { kind: 'user' }, data }
}

let waiting: Array<() => void> = []
let drafts: Draft[] = []
let written = 0
const writer = async (): Promise<never> => {
  for (;;) {
    drafts.push(draft())
    await new Promise<void>((resolve) => waiting.push(resolve))
    written += 1
  }
}
for (let i = 0; i < writers; i += 1) void writer()

/** Appends what has gathered, again and again, for so long; tells how many records became durable in a second. */
const appendFor = async (ms: number): Promise<number> => {
  const [began, before] = [performance.now(), written]
  while (performance.now() - began < ms) {
    const [batch, told] = [drafts, waiting]
    drafts = []
    waiting = []
    await log.append(projectId, log.head(projectId), batch)
    for (const tell of told) tell()
    // Every writer makes its next record before the next batch goes.
    await Promise.resolve()
    await Promise.resolve()
  }
  return (written - before) / ((performance.now() - began) / 1000)
}

await appendFor(300)
process.stdout.write(`${await appendFor(seconds * 1000)}\n`)
await log.close()
process.exit()
