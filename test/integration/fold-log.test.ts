import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ProjectId } from '../../events/index.ts'
import { stateHash } from '../../projections/index.ts'
import { sha256 } from '../../src/platform/hash.ts'
import { nodeFileSystem } from '../../src/platform/node-file-system.ts'
import { foldLogCommand } from '../../tools/fold-log/command.ts'
import { projectCreated, sessionCreated, taskCreated, taskDeleted } from '../support/events.ts'
import { fold } from '../support/fold.ts'
import { appendAll, draftOf, fileLog } from '../support/logs.ts'
import { runCommand } from '../support/run-command.ts'
import { scratchDirectory } from '../support/scratch.ts'
import { readTree } from '../support/trees.ts'
import { projectId, session, task } from '../support/vocabulary.ts'

const events = [
  projectCreated(),
  taskCreated(task('a')),
  taskCreated(task('b'), { parentId: task('a') }),
  taskCreated(task('c')),
  sessionCreated(session('s'), { taskIds: [task('b'), task('c')] }),
  taskDeleted(task('a'), true),
]
const other = ProjectId.parse('proj_other')

/** A data directory with a log of those events, in several segments, and another one. */
const dataDirectory = async () => {
  const dataDir = await scratchDirectory()
  const log = await fileLog(nodeFileSystem, dataDir, { segmentBytes: 1024 })
  for (const [offset, event] of events.entries()) await appendAll(log, [draftOf(event, offset)])
  await appendAll(log, [draftOf(projectCreated(), 0, other)], other)
  const head = log.head(projectId)
  await log.close()
  const dir = join(dataDir, 'log', projectId)
  const segments = (await readdir(dir)).sort().map((name) => join(dir, name))
  expect(segments.length).toBeGreaterThan(1)
  return { dataDir, head, last: segments.at(-1) ?? '', first: segments[0] ?? '' }
}

const Folded = z.strictObject({
  projectId: z.string(),
  head: z.int(),
  hash: z.string(),
  stateHash: z.string(),
  counts: z.strictObject({ projects: z.int(), tasks: z.int(), sessions: z.int() }),
  stopped: z.string().optional(),
})

const foldLogs = async (dataDir: string, ...args: readonly string[]) => {
  const before = await readTree(dataDir)
  const { code, stdout, stderr } = await runCommand(foldLogCommand, args, { DATA_DIR: dataDir })
  expect(await readTree(dataDir)).toEqual(before)
  const lines = stdout.trimEnd().split('\n')
  return { code, stderr, folded: lines.filter((line) => line !== '').map((line) => Folded.parse(JSON.parse(line))) }
}

describe('maestro log fold', () => {
  it('tells head, hash and state hash of every log, over all segments', async () => {
    const { dataDir, head } = await dataDirectory()
    const { code, folded } = await foldLogs(dataDir)
    expect(code).toBe(0)
    expect(folded.map((one) => one.projectId)).toEqual([other, projectId])
    expect(folded[1]).toEqual({
      projectId,
      head: events.length,
      hash: head.hash,
      stateHash: stateHash(fold(...events).state, sha256),
      counts: { projects: 1, tasks: 1, sessions: 1 },
    })
  })

  it('can be asked for one project, and for another directory', async () => {
    const { dataDir } = await dataDirectory()
    const one = await runCommand(foldLogCommand, ['--data-dir', dataDir, '--project', other], { DATA_DIR: '/nowhere' })
    expect(Folded.parse(JSON.parse(one.stdout))).toMatchObject({ projectId: other, head: 1 })
    const missing = await foldLogs(dataDir, '--project', 'proj_missing')
    expect(missing).toMatchObject({ code: 4, folded: [] })
    expect(missing.stderr).toContain('There is no log of project proj_missing')
  })

  it('leaves a torn end where it is, and folds what is before it', async () => {
    const { dataDir, head, last } = await dataDirectory()
    const whole = (await foldLogs(dataDir, '--project', projectId)).folded[0]
    await appendFile(last, '{"v":1,"offset":6')
    const { code, stderr, folded } = await foldLogs(dataDir, '--project', projectId)
    expect(code).toBe(8)
    expect(stderr).toContain(`Not read to the end: the log of ${projectId}`)
    expect(folded).toEqual([{ ...whole, head: events.length, hash: head.hash, stopped: expect.any(String) }])
  })

  it('stops at damage in the middle', async () => {
    const { dataDir, first } = await dataDirectory()
    await writeFile(first, (await readFile(first, 'utf8')).replace('"title":"Task"', '"title":"task"'))
    const { code, folded } = await foldLogs(dataDir, '--project', projectId)
    expect(code).toBe(8)
    expect(folded).toMatchObject([
      { head: 1, counts: { projects: 1, tasks: 0 }, stopped: expect.stringContaining('digest') },
    ])
  })
})
