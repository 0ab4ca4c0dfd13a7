import { json } from 'node:stream/consumers'
import { z } from 'zod'
import { canonical, type DomainEvent, type Draft, ProjectId, start, taskIdOf } from '../../events/index.ts'
import { openFileLog } from '../../src/log/file-log.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { sha256 } from '../../src/platform/hash.ts'
import { createRecordIds } from '../../src/platform/ids.ts'
import { nodeFileSystem } from '../../src/platform/node-file-system.ts'
import { createRandom } from '../../src/platform/random.ts'
import { pause } from '../../src/platform/timers.ts'

/**
 * Appends to the log in this process: so many writers, each waiting until its record is durable before it makes the next.
 * While one append is under way the next batch gathers, as in the server: half of the writers wait for the one, half for the
 * other. Prints records per second.
 */
const Options = z.object({ dir: z.string(), writers: z.int(), seconds: z.number() })
const { dir, writers, seconds } = Options.parse(await json(process.stdin))

const log = await openFileLog({ fs: nodeFileSystem, sha256, pause, dir, fsync: 'always' })
const nextRecordId = createRecordIds(createRandom())
const projectId = ProjectId.parse('proj_bench')
await log.replay(projectId, start, () => {})

const description = 'Support bd export --format=jsonl and bd import for text-based git workflow'
const draft = (): Draft => {
  const at = systemClock()
  const id = nextRecordId(at)
  const event: DomainEvent = {
    type: 'task:created',
    data: { taskId: taskIdOf(id, at), title: 'Add export/import commands', description, priority: 'high' },
  }
  return { id, projectId, at, type: event.type, actor: { kind: 'user' }, data: canonical(event.data) }
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
const half = Math.ceil(writers / 2)
for (let i = 0; i < half; i += 1) void writer()

/** Those who make their next records while the next append is under way. The other half begins so. */
let next: Array<() => void> = Array.from({ length: writers - half }, () => () => void writer())
const goOn = (told: ReadonlyArray<() => void>): void => {
  for (const tell of told) tell()
}

/** Appends what has gathered, again and again, for so long; tells how many records became durable in a second. */
const appendFor = async (ms: number): Promise<number> => {
  const [began, before] = [performance.now(), written]
  while (performance.now() - began < ms) {
    const [batch, told] = [drafts, waiting]
    drafts = []
    waiting = []
    const appended = log.append(projectId, log.head(projectId), batch)
    // In a turn of the event loop of their own, as requests come in the server: by then the sync is under way.
    setImmediate(goOn, next)
    await appended
    next = drafts.length === 0 ? [] : told
    if (drafts.length > 0) continue
    goOn(told)
    // Whoever is alone makes the next record before the next append goes.
    await Promise.resolve()
    await Promise.resolve()
  }
  return (written - before) / ((performance.now() - began) / 1000)
}

await appendFor(300)
process.stdout.write(`${await appendFor(seconds * 1000)}\n`)
await log.close()
process.exit()
