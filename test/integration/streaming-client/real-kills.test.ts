import { expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { type Client, createClient, type Receipt, unwrap } from '../../../src/client/node/index.ts'
import { type Chance, chanceOf, mulberry32 } from '../../../tools/load-history/chance.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { runMaestro, type ServerProcess, startServerProcess } from '../../support/server-process.ts'
import { CuttingProxy } from './cutting-proxy.ts'
import { quick } from './witnesses.ts'

const { STREAM_SEED = '1' } = process.env
const first = Number(STREAM_SEED)
const scenarios = 4
const kills = 2
const writers = 4
const writesEach = 60

/** A server process behind a proxy that cuts connections, killed and started again now and then. */
const startSite = async (chance: Chance) => {
  const [dataDir, proxy] = [await scratchDirectory(), await CuttingProxy.open()]
  let server: ServerProcess | undefined
  const start = async (): Promise<void> => {
    server = await startServerProcess({ dataDir })
    proxy.target = Number(new URL(server.url).port)
  }
  const kill = async (): Promise<void> => {
    proxy.target = undefined
    await server?.kill()
  }
  proxy.fateOfNext = () => ({ cutAfter: chance.happens(0.4) ? chance.int(1, 6_000) : undefined })
  await start()
  onTestFinished(async () => {
    await kill()
    await proxy.close()
  })
  return { dataDir, proxy, start, kill, stop: async () => void (await server?.stop()) }
}

/** What a writer was told: the receipts of its writes, and the tasks that it made. */
interface Journal {
  readonly receipts: Receipt[]
  readonly titles: string[]
}

/** Writes one thing after the other; each must go well, whatever happens to the connections. */
const write = async (client: Client, projectId: string, name: string, chance: Chance): Promise<Journal> => {
  const journal: Journal = { receipts: [], titles: [] }
  const made: string[] = []
  for (let n = 0; n < writesEach; n += 1) {
    const title = `${name} ${n}`
    const id = made.length > 0 && chance.happens(0.6) ? chance.pick(made) : undefined
    const result =
      id === undefined
        ? await client.createTask({ projectId, title })
        : await client.addTimelineEntry({ id, message: title })
    const { id: taskId } = unwrap(result)
    if (id === undefined) {
      made.push(taskId)
      journal.titles.push(title)
    }
    if (result.ok && result.receipt !== undefined) journal.receipts.push(result.receipt)
  }
  return journal
}

/** The hashes of all records up to the one that creates a task with this title; each has to come once, and in order. */
const hashesUpTo = async (title: string, client: Client): Promise<string[]> => {
  const hashes: string[] = []
  for await (const item of client.follow({ view: 'records', backoff: quick })) {
    if (item.kind !== 'record') continue
    expect(item.offset).toBe(hashes.length)
    hashes.push(item.record.hash)
    if (item.record.type === 'task:created' && item.record.data.title === title) break
  }
  return hashes
}

const Folded = z.object({ head: z.int(), hash: z.string(), stateHash: z.string() })

const runScenario = async (seed: number): Promise<number> => {
  const chance = chanceOf(mulberry32(seed))
  const site = await startSite(chance)
  // Connections are cut more often than networks do it.
  const client = createClient({ url: site.proxy.url, retries: { ...quick, cap: 200, attempts: 100 } })
  const mirror = client.mirror({ backoff: quick })
  const following = hashesUpTo('the end', client)

  const { id: projectId } = unwrap(await client.createProject({ name: 'Killed' }))
  const writing = Promise.all(
    Array.from({ length: writers }, (_, n) =>
      write(client, projectId, `writer ${n}`, chanceOf(mulberry32(seed * 100 + n))),
    ),
  )
  for (let n = 1; n <= kills; n += 1) {
    await mirror.reached(projectId, (n * writers * writesEach) / (kills + 1))
    await site.kill()
    await site.start()
  }
  const late = client.mirror({ begin: 'state', backoff: quick })
  const journals = await writing
  const receipts = journals.flatMap((journal) => journal.receipts).sort((a, b) => a.offset - b.offset)
  const last = receipts.at(-1)?.offset ?? 0
  site.proxy.fateOfNext = () => ({ cutAfter: undefined })
  unwrap(await client.createTask({ projectId, title: 'the end' }))
  const [, ...hashes] = await following
  await Promise.all([mirror.reached(projectId, last + 1), late.reached(projectId, last + 1)])

  // Each write was done once, and is where its receipt says.
  expect(receipts.map(({ offset }) => offset)).toEqual(Array.from({ length: writers * writesEach }, (_, n) => n + 1))
  expect(hashes.slice(0, -1)).toEqual(receipts.map(({ hash }) => hash))
  const titles = [...(mirror.stateOf(projectId)?.task.rows() ?? [])].map(({ entity }) => entity.title)
  expect(titles.sort()).toEqual([...journals.flatMap((journal) => journal.titles), 'the end'].sort())
  const end = { ...mirror.positionOf(projectId), stateHash: mirror.stateHashOf(projectId) }
  expect({ ...late.positionOf(projectId), stateHash: late.stateHashOf(projectId) }).toEqual(end)
  await Promise.all([mirror.close(), late.close()])

  await site.stop()
  const { stdout } = await runMaestro(['log', 'fold', '--project', projectId], { dataDir: site.dataDir })
  const { head: offset, hash, stateHash } = Folded.parse(JSON.parse(stdout))
  expect(end).toEqual({ offset, hash, stateHash })
  return site.proxy.cuts
}

it('calls, mirrors and followers come through cut connections and kill -9: each write is done once, each record seen once', async ({
  annotate,
}) => {
  let cuts = 0
  for (let seed = first; seed < first + scenarios; seed += 1) cuts += await runScenario(seed)
  await annotate(`${scenarios} scenarios from seed ${first}: ${scenarios * kills} kills, ${cuts} connections cut`)
}, 300_000)
