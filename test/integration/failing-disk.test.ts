import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { startServer } from '../../src/compose.ts'
import { loadConfig } from '../../src/config.ts'
import { silentLogger } from '../../src/platform/logger.ts'
import { nodeFileSystem } from '../../src/platform/node-file-system.ts'
import { apiOf, type Call, idOf } from '../support/api.ts'
import { FaultyFileSystem } from '../support/faulty-file-system.ts'
import { type Listener, listenTo } from '../support/listener.ts'
import { scratchDirectory } from '../support/scratch.ts'

const segments = /\/log\/.*\.jsonl$/

let disk: FaultyFileSystem
let call: Call
let listener: Listener
let ill: string
let well: string
/** Ends the server and starts it again on a disk that works. */
let restart: () => Promise<void>

beforeEach(async () => {
  disk = new FaultyFileSystem(nodeFileSystem)
  const dataDir = await scratchDirectory()
  const config = loadConfig({ env: { PORT: '0', DATA_DIR: dataDir }, argv: [], home: dataDir })
  let server = await startServer(config, silentLogger, disk)
  onTestFinished(() => server.close())
  call = apiOf(server.url)
  restart = async () => {
    await server.close()
    server = await startServer(config, silentLogger)
    call = apiOf(server.url)
  }
  ill = idOf(await call('POST', '/api/projects', { body: { name: 'Ill' } }))
  well = idOf(await call('POST', '/api/projects', { body: { name: 'Well' } }))
  listener = await listenTo(server.url)
})

const create = (projectId: string, title: string) => call('POST', '/api/tasks', { body: { projectId, title } })
const Titled = z.looseObject({ title: z.string() })
const titles = async (): Promise<string[]> => {
  const { body } = await call('GET', '/api/tasks')
  return z
    .array(Titled)
    .parse(body)
    .map(({ title }) => title)
}
const health = async () => (await call('GET', '/health')).body
const told = async (count: number): Promise<string[]> =>
  (await listener.received(count)).map(({ data }) => Titled.parse(data).title)

it.each([
  ['EIO', 503, 'LOG_UNAVAILABLE'],
  ['EROFS', 503, 'LOG_UNAVAILABLE'],
  ['EDQUOT', 507, 'INSUFFICIENT_STORAGE'],
])(
  'a write that fails with %s is refused and told by health, reads and subscribers go on, and so does the next write',
  async (error, status, code) => {
    disk.plan('appendSync', { code: error }, 1, segments)
    expect(await create(ill, 'lost')).toMatchObject({ status, body: { error: true, code } })
    expect(await health()).toMatchObject({ status: 'degraded', reasons: [{ projectId: ill, state: 'refusing' }] })
    expect((await create(well, 'elsewhere')).status).toBe(201)
    expect(await titles()).toEqual(['elsewhere'])
    expect((await create(ill, 'again')).status).toBe(201)
    expect(await health()).toMatchObject({ status: 'ok' })
    expect(await told(2)).toEqual(['elsewhere', 'again'])
    await restart()
    expect(await titles()).toEqual(['elsewhere', 'again'])
  },
)

it('a project that no file can be opened for is not created, and is as soon as one can', async () => {
  disk.plan('open', { code: 'EMFILE' }, 1, segments)
  const body = { name: 'New' }
  expect(await call('POST', '/api/projects', { body })).toMatchObject({
    status: 503,
    body: { code: 'LOG_UNAVAILABLE', message: expect.stringContaining('EMFILE') },
  })
  expect((await call('POST', '/api/projects', { body })).status).toBe(201)
})

it('a log whose sync failed takes no writes until a restart, as health says; what was acknowledged is there', async () => {
  await create(ill, 'kept')
  disk.plan('datasync', { code: 'EIO' }, 1, segments)
  const refused = { status: 503, body: { error: true, code: 'LOG_UNAVAILABLE' } }
  expect(await create(ill, 'unknown')).toMatchObject(refused)
  expect(await create(ill, 'refused')).toMatchObject(refused)
  expect(await health()).toMatchObject({
    status: 'degraded',
    reasons: [{ projectId: ill, state: 'failed', reason: expect.stringContaining('EIO') }],
  })
  expect((await create(well, 'elsewhere')).status).toBe(201)
  expect((await titles()).sort()).toEqual(['elsewhere', 'kept'])
  expect(await told(2)).toEqual(['kept', 'elsewhere'])

  await restart()
  expect(await health()).toMatchObject({ status: 'ok' })
  expect((await create(ill, 'after')).status).toBe(201)
  const found = await titles()
  expect(found).toEqual(expect.arrayContaining(['kept', 'elsewhere', 'after']))
  expect(found).not.toContain('refused')
})
