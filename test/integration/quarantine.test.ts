import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { apiOf, idOf } from '../support/api.ts'
import { scratchDirectory } from '../support/scratch.ts'
import { startServerProcess } from '../support/server-process.ts'

/** Changes one letter in the line of a record, as a failing disk would. */
const damage = async (dataDir: string, projectId: string, title: string): Promise<void> => {
  const log = join(dataDir, 'log', projectId)
  for (const name of await readdir(log)) {
    const path = join(log, name)
    if (name.startsWith('snapshot-')) continue
    await writeFile(path, (await readFile(path, 'utf8')).replace(title, title.toUpperCase()))
  }
}

it('a damaged log is served up to the damage and refuses every write; other projects do not notice', async () => {
  const dataDir = await scratchDirectory()
  const first = await startServerProcess({ dataDir })
  const before = apiOf(first.url)
  const ill = idOf(await before('POST', '/api/projects', { body: { name: 'Ill' } }))
  const well = idOf(await before('POST', '/api/projects', { body: { name: 'Well' } }))
  const good = idOf(await before('POST', '/api/tasks', { body: { projectId: ill, title: 'good' } }))
  await before('POST', '/api/tasks', { body: { projectId: ill, title: 'spoilt' } })
  await before('POST', '/api/tasks', { body: { projectId: ill, title: 'behind' } })
  await first.kill()
  await damage(dataDir, ill, 'spoilt')

  const second = await startServerProcess({ dataDir })
  onTestFinished(async () => {
    await second.kill()
  })
  const call = apiOf(second.url)
  const { body: tasks } = await call('GET', `/api/tasks?projectId=${ill}`)
  expect(tasks).toMatchObject([{ id: good, title: 'good' }])

  const quarantined = { status: 503, body: { error: true, code: 'PROJECT_QUARANTINED', details: { offset: 2 } } }
  expect(await call('POST', '/api/tasks', { body: { projectId: ill, title: 'new' } })).toMatchObject(quarantined)
  expect(await call('PATCH', `/api/tasks/${good}`, { body: { title: 'good' } })).toMatchObject(quarantined)
  expect(await call('DELETE', `/api/projects/${ill}`)).toMatchObject(quarantined)

  const { body: health } = await call('GET', '/health')
  expect(health).toMatchObject({
    status: 'degraded',
    reasons: [{ projectId: ill, state: 'quarantined', offset: 2 }],
  })
  expect(second.logs.find(({ level }) => level === 'error')).toMatchObject({ projectId: ill, offset: 2 })

  expect((await call('POST', '/api/tasks', { body: { projectId: well, title: 'goes on' } })).status).toBe(201)
})
