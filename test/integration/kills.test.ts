import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { Task } from '../../events/index.ts'
import { apiOf, type Call, idOf } from '../support/api.ts'
import { scratchDirectory } from '../support/scratch.ts'
import { type ServerProcess, startServerProcess } from '../support/server-process.ts'

const rounds = 50
const writers = 16
const projects = 8
/** One round in five ends as a person would end it. */
const politeEvery = 5

const environment = { SEGMENT_BYTES: '16384', SNAPSHOT_RECORDS: '40' }

/** What a server has promised to keep. */
interface Receipt {
  readonly projectId: string
  readonly offset: number
  readonly hash: string
}

/** An agent with a task of its own. It reports step after step and repeats each until it is acknowledged. */
class Writer {
  readonly projectId: string
  readonly #name: string
  #taskId: string | undefined
  acknowledged = 0
  attempted = 0

  constructor(projectId: string, name: string) {
    this.projectId = projectId
    this.#name = name
  }

  get taskId(): string | undefined {
    return this.#taskId
  }

  message(step: number): string {
    return `${this.#name} step ${step}`
  }

  /** Makes the next step known. A rejected call, or an answer that is no success, acknowledges nothing. */
  async report(call: Call): Promise<Receipt> {
    this.attempted = this.acknowledged + 1
    const headers = { 'idempotency-key': `${this.#name}-${this.attempted}` }
    const answer =
      this.#taskId === undefined
        ? await call('POST', '/api/tasks', { headers, body: { projectId: this.projectId, title: this.message(1) } })
        : await call('POST', `/api/tasks/${this.#taskId}/timeline`, {
            headers,
            body: { message: this.message(this.attempted) },
          })
    if (answer.status > 299) throw new Error(`answered ${answer.status}`)
    this.#taskId ??= idOf(answer)
    this.acknowledged = this.attempted
    return {
      projectId: this.projectId,
      offset: Number(answer.headers.get('maestro-offset')),
      hash: String(answer.headers.get('maestro-hash')),
    }
  }

  /** What the server knows of the writer's steps must be all that were acknowledged, each once, and at most one more. */
  check(task: Task | undefined): void {
    const known = task === undefined ? [] : [task.title, ...task.timeline.slice(1).map(({ message }) => message)]
    expect(known.length).toBeGreaterThanOrEqual(this.acknowledged)
    expect(known.length).toBeLessThanOrEqual(this.attempted)
    expect(known).toEqual(known.map((_, index) => this.message(index + 1)))
  }
}

const tasksOf = async (call: Call): Promise<Map<string, Task>> => {
  const { body } = await call('GET', '/api/tasks')
  return new Map(
    z
      .array(Task)
      .parse(body)
      .map((task) => [task.title, task]),
  )
}

/** Lets all writers report until there are so many receipts, then ends the server while they go on. */
const round = async (
  server: ServerProcess,
  team: readonly Writer[],
  enough: number,
  end: () => Promise<unknown>,
): Promise<Receipt[]> => {
  const call = apiOf(server.url)
  const receipts: Receipt[] = []
  let ended: Promise<unknown> | undefined
  const work = async (writer: Writer): Promise<void> => {
    for (;;) {
      try {
        receipts.push(await writer.report(call))
      } catch {
        // The server is gone. Whether this step was kept, the next round finds out.
        return
      }
      if (receipts.length >= enough) ended ??= end()
    }
  }
  await Promise.all(team.map(work))
  await ended
  return receipts
}

const linesOfLogs = async (dataDir: string): Promise<Set<string>> => {
  const known = new Set<string>()
  const log = join(dataDir, 'log')
  for (const projectId of await readdir(log)) {
    for (const name of await readdir(join(log, projectId))) {
      if (!name.endsWith('.jsonl')) continue
      for (const line of (await readFile(join(log, projectId, name), 'utf8'))
        .split('\n')
        .filter((text) => text !== '')) {
        const { offset, hash } = z.object({ offset: z.int(), hash: z.string() }).parse(JSON.parse(line))
        known.add(`${projectId} ${offset} ${hash}`)
      }
    }
  }
  return known
}

it(`keeps every acknowledged write, each once, through ${rounds} kills under load`, async ({ annotate }) => {
  const seed = Date.now() % 2 ** 31
  await annotate(`seed ${seed}`)
  const moments = fc.sample(fc.integer({ min: 1, max: 80 }), { seed, numRuns: rounds })
  const dataDir = await scratchDirectory()
  let server = await startServerProcess({ dataDir, env: environment })
  onTestFinished(async () => {
    await server.kill()
  })
  const ids: string[] = []
  for (let i = 0; i < projects; i += 1) {
    ids.push(idOf(await apiOf(server.url)('POST', '/api/projects', { body: { name: `Project ${i}` } })))
  }
  const team = Array.from(
    { length: writers },
    (_, i) => new Writer(ids[i % projects] ?? '', `writer ${i}`.replace(' ', '-')),
  )
  const receipts: Receipt[] = []
  for (const [index, moment] of moments.entries()) {
    const polite = index % politeEvery === politeEvery - 1
    const running = server
    receipts.push(...(await round(running, team, moment, () => (polite ? running.stop() : running.kill()))))
    if (polite) expect(await running.exited, `seed ${seed}, round ${index}`).toEqual({ code: 0, signal: null })
    server = await startServerProcess({ dataDir, env: environment })
    const tasks = await tasksOf(apiOf(server.url))
    for (const writer of team) writer.check(tasks.get(writer.message(1)))
  }
  for (const writer of team) receipts.push(await writer.report(apiOf(server.url)))
  await server.stop()
  const lines = await linesOfLogs(dataDir)
  const missing = receipts.filter(({ projectId, offset, hash }) => !lines.has(`${projectId} ${offset} ${hash}`))
  expect(missing, `seed ${seed}`).toEqual([])
  await annotate(`${receipts.length} acknowledged writes, ${lines.size} records`)
}, 240_000)
