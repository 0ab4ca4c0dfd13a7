import { mkdir, readdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { maxRecordBytes } from '../../events/index.ts'
import { nodeFileSystem } from '../../src/platform/node-file-system.ts'
import { adopt, badFiles, copyOf, entitiesOf, foldLogs, keptIn, oldFiles } from '../support/adoption.ts'
import { DyingFileSystem } from '../support/dying-file-system.ts'
import { FaultyFileSystem } from '../support/faulty-file-system.ts'
import { scratchDirectory } from '../support/scratch.ts'
import { readTree, within, writeTree } from '../support/trees.ts'
import { now } from '../support/vocabulary.ts'

const folders = ['projects', 'tasks', 'sessions']

const directoryWith = async (files: Readonly<Record<string, unknown>>): Promise<string> => {
  const dir = await scratchDirectory()
  await writeTree(dir, files)
  return dir
}

const engine = 'proj_1706789123456_k2j4n5l6m'
const parse = 'task_1706790000000_xyz789'
const print = 'task_1706790111111_uvw012'
const colours = 'task_1706791111111_rst345'
const worker = 'sess_1706792222222_lmn678'

describe('a data directory with entity files and no log', () => {
  it('is adopted: one record per entity, a log per project', async () => {
    const dir = await directoryWith(oldFiles)
    const { adoption } = await adopt(dir)
    const logs = await foldLogs(dir)
    expect(adoption).toMatchObject({ adopted: { projects: 2, tasks: 3, sessions: 1 }, left: 0 })
    expect([...logs.keys()]).toEqual([engine, 'proj_1706789234567_def456'])
    expect([...logs.values()].map(({ records }) => records.map(({ type }) => type))).toEqual([
      ['project:adopted', 'task:adopted', 'task:adopted', 'session:adopted'],
      ['project:adopted', 'task:adopted'],
    ])
    for (const { records } of logs.values()) {
      for (const { at, actor } of records) expect({ at, actor }).toEqual({ at: now, actor: { kind: 'system' } })
    }
  })

  it('gives the entities that the files held, with what they left out, linked from both sides', async () => {
    const dir = await directoryWith(oldFiles)
    await adopt(dir)
    const { projects, tasks, sessions } = entitiesOf(await foldLogs(dir))
    expect(projects.get(engine)).toEqual({ ...oldFiles[`projects/${engine}.json`], lifecycle: 'open' })

    const { team, ...asItWas } = oldFiles[`tasks/${engine}/${parse}.json`]
    expect(team).toBe('compilers')
    const [first, second] = asItWas.timeline
    expect(tasks.get(parse)).toEqual({
      ...asItWas,
      initialPrompt: '',
      subtasks: [{ ...asItWas.subtasks[0], description: '' }],
      timeline: [first, { ...second, id: expect.stringMatching(/^evt_/) }],
    })
    expect(tasks.get(print)).toMatchObject({ status: 'pending', parentId: parse, sessionIds: [worker] })
    expect(tasks.get(colours)).toMatchObject({ createdAt: 1706791111111, timeline: [] })
    expect(sessions.get(worker)).toEqual({ ...oldFiles[`sessions/${worker}.json`], agentId: null, metadata: {} })
  })

  it('keeps every file as it was found, in a folder that is named, and the files in their place', async () => {
    const dir = await directoryWith({ ...oldFiles, ...badFiles, 'ui.json': 'not an entity' })
    const before = await readTree(dir)
    const { adoption, lines } = await adopt(dir)
    const after = await readTree(dir)
    expect(within(after, ...folders)).toEqual(within(before, ...folders))
    expect(after['ui.json']).toBe('not an entity')
    expect(adoption?.originals).toBe(join(dir, 'adopted-2023-11-14T22-30-00-000Z'))
    expect(await readTree(adoption?.originals ?? '')).toEqual(within(before, ...folders))
    expect(lines.at(-1)).toMatchObject({ level: 'info', fields: adoption })
    expect(lines.at(-1)?.message).toContain(adoption?.originals)
  })

  it('leaves alone what it cannot adopt, and says which files and why', async () => {
    const dir = await directoryWith({ ...oldFiles, ...badFiles })
    await mkdir(join(dir, 'sessions/folder'))
    await symlink('/nowhere', join(dir, 'sessions/link.json'))
    const { adoption, lines } = await adopt(dir)
    expect(adoption).toMatchObject({ adopted: { projects: 2, tasks: 3, sessions: 1 }, left: 7 })
    const warnings = lines
      .filter(({ level }) => level === 'warn')
      .map(({ fields }) => `${fields.path} ${fields.reason}`)
    expect(warnings).toEqual([
      'projects/.DS_Store is not named <id>.json',
      'projects/broken.json is not JSON',
      'sessions/folder is a folder',
      'sessions/link.json is not a regular file',
      'sessions/sess_1706793333333_opq901.json belongs to no project that is adopted',
      `tasks/${engine}/empty.json is not JSON`,
      'tasks/stray.json is not in the folder of a project',
    ])
  })

  it('is told which fields were not taken over, and of how many entities', async () => {
    const dir = await directoryWith(oldFiles)
    const { lines } = await adopt(dir)
    expect(lines.find(({ fields }) => 'fields' in fields)).toMatchObject({
      level: 'info',
      fields: { fields: { 'task.status': 1, 'task.team': 1 } },
    })
  })

  it('is adopted once', async () => {
    const dir = await directoryWith(oldFiles)
    await adopt(dir)
    const before = await readTree(dir)
    const again = await adopt(dir)
    expect(again).toEqual({ adoption: undefined, lines: [] })
    expect(await readTree(dir)).toEqual(before)
  })

  it('is adopted also when every file in it is left alone, so that those are kept before new ones come', async () => {
    const dir = await directoryWith(badFiles)
    const { adoption } = await adopt(dir)
    expect(adoption).toMatchObject({ adopted: { projects: 0, tasks: 0, sessions: 0 }, left: 5 })
    expect(await readTree(adoption?.originals ?? '')).toEqual(within(await readTree(dir), ...folders))
    expect((await foldLogs(dir)).size).toBe(0)
    expect((await adopt(dir)).adoption).toBeUndefined()
  })

  it('is adopted without an entity that is too large for a record', async () => {
    const id = 'task_1706799999999_huge'
    const path = `tasks/${engine}/${id}.json`
    const dir = await directoryWith({ ...oldFiles, [path]: { id, title: 'x'.repeat(maxRecordBytes) } })
    const { adoption, lines } = await adopt(dir)
    expect(adoption).toMatchObject({ adopted: { tasks: 3 }, left: 1 })
    expect(lines).toContainEqual(expect.objectContaining({ fields: { path, reason: 'is too large for a record' } }))
  })

  it('gets a folder of its own for the originals when there is one of that time', async () => {
    const dir = await directoryWith({ ...oldFiles, 'adopted-2023-11-14T22-30-00-000Z/projects/a.json': '{}' })
    expect((await adopt(dir)).adoption?.originals).toBe(join(dir, 'adopted-2023-11-14T22-30-00-000Z-2'))
  })

  it('gets logs in as many appends as their size asks for', async () => {
    const description = 'x'.repeat(1_000_000)
    const tasks = Array.from({ length: 10 }, (_, i) => [`tasks/p/t${i}.json`, { id: `t${i}`, title: 'T', description }])
    const dir = await directoryWith({ 'projects/p.json': { id: 'p', name: 'P' }, ...Object.fromEntries(tasks) })
    expect((await adopt(dir)).adoption).toMatchObject({ adopted: { projects: 1, tasks: 10 }, left: 0 })
    expect(entitiesOf(await foldLogs(dir)).tasks.size).toBe(10)
  })
})

describe('nothing is adopted', () => {
  it.each([
    ['nothing', {}],
    ['empty folders', { 'tasks/p/.keep': '' }],
    ['files that are no entities', { 'projects/.DS_Store': 'x', 'notes.json': '{}' }],
    ['a log beside the files', { ...oldFiles, 'log/.keep': '' }],
  ])('of a directory with %s', async (_, files) => {
    const dir = await directoryWith(files)
    const before = await readTree(dir)
    expect(await adopt(dir)).toEqual({ adoption: undefined, lines: [] })
    expect(await readTree(dir)).toEqual(before)
  })
})

describe('when the process is killed', () => {
  it('at any step, the next start adopts everything, and no file was touched', async () => {
    const dir = await directoryWith({
      'projects/p.json': { id: 'p', name: 'P' },
      'tasks/p/t.json': { id: 't', title: 'T' },
      'sessions/s.json': { id: 's', projectId: 'p', taskIds: ['t'] },
      'sessions/bad.json': '{',
    })
    const originals = await readTree(dir)
    const undisturbed = await copyOf(dir)
    await adopt(undisturbed)
    const expected = entitiesOf(await foldLogs(undisturbed))
    let changes = 0
    for (let isDead = true; isDead; changes += 1) {
      const copy = await copyOf(dir)
      const fs = new DyingFileSystem(nodeFileSystem, changes)
      // However the dead process would have ended: what counts is what it left behind.
      await adopt(copy, { fs }).catch(() => {})
      isDead = fs.isDead
      expect(within(await readTree(copy), ...folders)).toEqual(originals)

      await adopt(copy)
      expect(within(await readTree(copy), ...folders)).toEqual(originals)
      expect(entitiesOf(await foldLogs(copy))).toEqual(expected)
      const kept = await keptIn(copy)
      expect(kept.length).toBeGreaterThan(0)
      for (const folder of kept) expect(await readTree(folder)).toEqual(originals)
      expect(await readdir(copy)).not.toContain('adopting')
    }
    expect(changes).toBeGreaterThan(30)
  })
})

describe('before the logs are put in their place', () => {
  it('everything is durable: the logs, the originals, and all their names', async () => {
    const dir = await directoryWith({ ...oldFiles, ...badFiles })
    const fs = new FaultyFileSystem(nodeFileSystem)
    await adopt(dir, { fs })
    const aside = join(dir, 'adopting')
    const done = fs.operations.findIndex(({ name, path }) => name === 'rename' && path === join(aside, 'log'))
    expect(done).toBeGreaterThan(0)
    const before = fs.operations.slice(0, done)
    const made = new Set(before.map(({ path }) => path).filter((path) => path.startsWith(`${aside}/`)))
    for (const path of made) {
      const own = before.filter((operation) => operation.path === path).map(({ name }) => name)
      expect(own.lastIndexOf('datasync'), path).toBeGreaterThanOrEqual(own.lastIndexOf('appendSync'))
      const opened = before.findLastIndex((one) => one.path === path && ['open', 'makeDirectory'].includes(one.name))
      const synced = before.findLastIndex((one) => one.path === join(path, '..') && one.name === 'syncDirectory')
      if (opened !== -1) expect(synced, path).toBeGreaterThan(opened)
    }
    const last = before.at(-1)
    expect(last).toEqual({ name: 'syncDirectory', path: dir })
    expect(fs.operations[done + 1]).toEqual({ name: 'syncDirectory', path: dir })
  })
})

describe('when the system refuses', () => {
  it.each([
    ['to read a file', 'readFile', 'EACCES', 'LOG_UNAVAILABLE'],
    ['to list a folder', 'list', 'EIO', 'LOG_UNAVAILABLE'],
    ['to write for want of room', 'appendSync', 'ENOSPC', 'INSUFFICIENT_STORAGE'],
    ['to make anything durable', 'datasync', 'EIO', 'LOG_UNAVAILABLE'],
    ['to put anything in its place', 'rename', 'EROFS', 'LOG_UNAVAILABLE'],
  ] as const)('%s, nothing is adopted or changed, and the next start does it', async (_, operation, system, code) => {
    const dir = await directoryWith(oldFiles)
    const before = await readTree(dir)
    const fs = new FaultyFileSystem(nodeFileSystem)
    fs.plan(operation, { code: system })
    const failed = adopt(dir, { fs })
    await expect(failed).rejects.toThrow(`The entity files in ${dir} could not be adopted. None of them was changed.`)
    await expect(failed).rejects.toMatchObject({ code, cause: { code: expect.any(String) } })
    expect(await readTree(dir)).toEqual(before)
    expect((await adopt(dir)).adoption).toMatchObject({ adopted: { projects: 2, tasks: 3, sessions: 1 } })
  })

  it('to clear away what is of no more use, that is told and the directory is adopted', async () => {
    const dir = await directoryWith(oldFiles)
    const fs = new FaultyFileSystem(nodeFileSystem)
    fs.plan('removeTree', { code: 'EACCES' })
    const { adoption, lines } = await adopt(dir, { fs })
    expect(adoption).toMatchObject({ left: 0 })
    expect(lines.at(-1)).toMatchObject({ level: 'warn', fields: { err: { code: 'EACCES' } } })
    expect((await foldLogs(dir)).size).toBe(2)
  })

  it('at every place, a write in two pieces is whole in the end', async () => {
    const dir = await directoryWith(oldFiles)
    const fs = new FaultyFileSystem(nodeFileSystem)
    fs.plan('appendSync', { take: 10 }, 5)
    const { adoption } = await adopt(dir, { fs })
    expect(await readTree(adoption?.originals ?? '')).toEqual(within(await readTree(dir), ...folders))
    expect((await foldLogs(dir)).size).toBe(2)
  })
})

it('what an unfinished try has left is not taken for anything', async () => {
  const dir = await directoryWith({
    ...oldFiles,
    'adopting/log/proj_x/00000000000000000000.jsonl': 'half a line',
    'adopting/originals/projects/other.json': '{}',
  })
  const { adoption } = await adopt(dir)
  expect(adoption).toMatchObject({ adopted: { projects: 2 }, left: 0 })
  expect([...(await foldLogs(dir)).keys()]).not.toContain('proj_x')
  expect(await readdir(dir)).not.toContain('adopting')
})
