import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { apiOf, idOf } from '../../support/api.ts'
import { joinCrowd } from '../../support/crowd.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { environment } from '../../support/server-process.ts'

const program = fileURLToPath(new URL('../../support/impatient-server.ts', import.meta.url))
const mib = 1024 * 1024

const startImpatientServer = async (): Promise<string> => {
  const env = environment({ dataDir: await scratchDirectory(), env: { FSYNC: 'never' } })
  const child = spawn(process.execPath, ['--import', 'tsx', program], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await once(child, 'exit')
  })
  for await (const url of createInterface({ input: child.stdout })) return url
  throw new Error('the server has not started')
}

const Status = z.object({
  stuckClients: z.int(),
  clients: z.array(z.object({ buffered: z.number(), lag: z.number() })),
})

it('a thousand clients of which a hundred stop reading: memory stays, the others are on time, and nobody loses anything', {
  timeout: 180_000,
}, async () => {
  const url = await startImpatientServer()
  const call = apiOf(url)
  const rss = async (): Promise<number> => {
    const text = await (await fetch(`${url}/metrics`)).text()
    return Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1])
  }
  const status = async () => Status.parse((await call('GET', '/ws-status')).body)
  const projectId = idOf(await call('POST', '/api/projects', { body: { name: 'Crowded' } }))
  const before = await rss()
  const path = `/?projectId=${projectId}&view=records`
  const members = await Promise.all(Array.from({ length: 1000 }, () => joinCrowd(url, path)))
  onTestFinished(() => {
    for (const member of members) member.end()
  })
  const [slow, prompt] = [members.slice(0, 100), members.slice(100)]
  await Promise.all(members.map((member) => member.reached(1)))
  for (const member of slow) member.pause()

  let head = 1
  let latest = 0
  let most = 0
  /** Makes a change, and waits until all who read have it. */
  const change = async (): Promise<void> => {
    const description = String(head).padEnd(30_000, '.')
    await call('POST', '/api/tasks', { body: { projectId, title: 'Task', description } })
    head += 1
    const answered = performance.now()
    await Promise.all(prompt.map((member) => member.reached(head)))
    latest = Math.max(latest, performance.now() - answered)
    most = Math.max(most, await rss())
  }
  const stuck = async () => (await status()).clients.filter(({ buffered }) => buffered > 0).length
  for (let round = 0; (await stuck()) < slow.length; round += 1) {
    if (round === 100) throw new Error('they are not stuck')
    for (let i = 0; i < 5; i += 1) await change()
  }
  const gone = async () => (await status()).stuckClients
  while ((await gone()) < slow.length) await change()

  expect(latest).toBeLessThan(1000)
  expect((most - before) / mib).toBeLessThan(150)
  for (const member of slow) member.resume()
  await Promise.all(slow.map((member) => member.closed()))
  expect(new Set(slow.map(({ code }) => code))).toEqual(new Set([4413]))
  expect(new Set(slow.map(({ next }) => next < head))).toEqual(new Set([true]))
  const back = await Promise.all(slow.map(({ next }) => joinCrowd(url, `${path}&from=${next}`)))
  await Promise.all(back.map((member) => member.reached(head)))
  for (const member of [...members, ...back]) expect(member.isContiguous).toBe(true)
  for (const member of back) member.end()
})
