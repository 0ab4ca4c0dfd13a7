import { basename } from 'node:path'
import { expect, it } from 'vitest'
import { adopt, badFiles, copyOf, entitiesOf, foldLogs, keptIn, oldFiles } from '../support/adoption.ts'
import { apiOf } from '../support/api.ts'
import { readerOf } from '../support/entities.ts'
import { scratchDirectory } from '../support/scratch.ts'
import { runMaestro, startServerProcess } from '../support/server-process.ts'
import { readTree, within, writeTree } from '../support/trees.ts'

const parse = 'task_1706790000000_xyz789'
const stopped = 'sess_1706793333333_opq901'

it('a server serves an old data directory, and goes on from there', async () => {
  const dataDir = await scratchDirectory()
  await writeTree(dataDir, { ...oldFiles, ...badFiles })
  const before = await readTree(dataDir)
  const undisturbed = await copyOf(dataDir)
  await adopt(undisturbed)
  const expected = entitiesOf(await foldLogs(undisturbed))

  const server = await startServerProcess({ dataDir })
  const [originals = ''] = await keptIn(dataDir)
  const adopted = { adopted: { projects: 2, tasks: 3, sessions: 1 }, left: 5, originals }
  expect(await server.logged(({ msg }) => msg.startsWith('listening on '))).toMatchObject(adopted)
  expect(basename(originals)).toMatch(/^adopted-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z$/)

  const call = apiOf(server.url)
  const listed = async (path: string) => (await call('GET', path)).body
  expect(await listed('/api/projects')).toEqual([...expected.projects.values()])
  expect(await listed('/api/sessions')).toEqual([...expected.sessions.values()])
  const tasks = [...expected.tasks.values()]
  // The id of an entry that had none comes from the record.
  const withoutIds = JSON.parse(JSON.stringify(tasks).replaceAll(/"evt_[^"]*"/g, '"evt"'))
  expect(JSON.parse(JSON.stringify(await listed('/api/tasks')).replaceAll(/"evt_[^"]*"/g, '"evt"'))).toEqual(withoutIds)

  expect((await call('PATCH', `/api/tasks/${parse}`, { body: { status: 'completed' } })).status).toBe(200)
  const task = await readerOf(call).task(parse)
  expect(task).toMatchObject({ status: 'completed', title: 'Parse', startedAt: 1706792222222 })
  // Nobody has a session with the id of a file that was left alone, so a new one may have it, and the file with it.
  const session = { id: stopped, projectId: task.projectId, taskIds: [] }
  expect((await call('POST', '/api/sessions', { body: session })).status).toBe(201)
  await server.stop()

  const again = await startServerProcess({ dataDir })
  expect(await again.logged(({ msg }) => msg.startsWith('listening on '))).not.toHaveProperty('adopted')
  expect(await readerOf(apiOf(again.url)).task(parse)).toEqual(task)
  await again.stop()

  expect(await keptIn(dataDir)).toEqual([originals])
  expect(await readTree(originals)).toEqual(before)
  const after = await readTree(dataDir)
  const untouched = Object.keys(badFiles).filter((path) => !path.includes(stopped))
  for (const path of untouched) expect(after[path], path).toBe(before[path])
  expect(Object.keys(within(after, 'projects', 'tasks', 'sessions'))).toEqual(Object.keys(before))
})

it('a server that cannot adopt a directory does not start, says why, and changes nothing', async () => {
  const dataDir = await scratchDirectory()
  await writeTree(dataDir, { 'projects/p.json': { id: 'p', name: 'P' }, sessions: 'a file where a folder belongs' })
  const before = await readTree(dataDir)
  const { code, stderr } = await runMaestro(['serve'], { dataDir })
  expect(code).toBe(1)
  expect(stderr).toContain(`The entity files in ${dataDir} could not be adopted. None of them was changed.`)
  expect(stderr).toContain('Because: ENOTDIR')
  expect(await readTree(dataDir)).toEqual({ ...before, lock: '' })
})
