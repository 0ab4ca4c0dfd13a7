import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { canonical, Project, Session, Task } from '../../events/index.ts'
import { sha256 } from '../../src/platform/hash.ts'
import { entriesOf } from '../../tools/load-history/history/entries.ts'
import { generatedHistory, type History, openHistory, recordedFile } from '../../tools/load-history/history/source.ts'
import { type Acknowledged, loadHistory } from '../../tools/load-history/load.ts'
import { createApi } from '../../tools/load-history/sending/api.ts'
import { persistent } from '../../tools/load-history/sending/retry.ts'
import { openTarget } from '../../tools/load-history/target.ts'
import { apiOf } from '../support/api.ts'
import { checkLog } from '../support/check-log.ts'
import { modelOf, tasksFrom } from '../support/journal-model.ts'
import { scratchDirectory } from '../support/scratch.ts'
import { runMaestro, type ServerProcess, startServerProcess } from '../support/server-process.ts'
import { readTree, within } from '../support/trees.ts'

const history = await openHistory({}, recordedFile)
const changes =
  history.origin.kind === 'file'
    ? 'recorded changes'
    : `changes generated with seed ${history.origin.seed}, for want of recorded ones,`

/** A data directory, and the server that has it now. */
interface Home {
  readonly dataDir: string
  readonly now: () => ServerProcess
  readonly restart: () => Promise<void>
}

const openHome = async (): Promise<Home> => {
  const dataDir = await scratchDirectory()
  let server = await startServerProcess({ dataDir })
  onTestFinished(async () => void (await server.stop()))
  return {
    dataDir,
    now: () => server,
    restart: async () => {
      server = await startServerProcess({ dataDir })
    },
  }
}

/** Loads the first changes of a history, with the server killed when half of them are through, and started again. */
const loadThroughKill = async ({ now, restart }: Home, source: History, limit: number, writers: number) => {
  let restarted: Promise<void> | undefined
  const killAndRestart = async (): Promise<void> => {
    await now().kill()
    await restart()
  }
  let retries = 0
  const api = createApi({ url: () => now().url })
  const send = persistent({
    send: api.send,
    pause: async () => restarted,
    onRetry: () => {
      retries += 1
    },
  })
  const { id: projectId } = await openTarget({ kind: 'named', name: 'History' }, api)
  const loaded = await loadHistory({
    ...{ entries: entriesOf(source, { from: 1, limit }), send, projectId, writers },
    onChange: (done) => {
      if (done === Math.floor(limit / 2)) restarted = killAndRestart()
    },
  })
  return { ...loaded, projectId, retries }
}

/** All that is true of a project, by the API. */
const askAll = async (url: string, projectId: string) => {
  const call = apiOf(url)
  const [project, tasks, sessions] = await Promise.all([
    call('GET', `/api/projects/${projectId}`),
    call('GET', `/api/tasks?projectId=${projectId}`),
    call('GET', `/api/sessions?projectId=${projectId}`),
  ])
  return {
    project: Project.strict().parse(project.body),
    tasks: z.array(Task.strict()).parse(tasks.body),
    sessions: z.array(Session.strict()).parse(sessions.body),
  }
}
type Everything = Awaited<ReturnType<typeof askAll>>

/** The state hash as its definition has it, from entities as anybody may get them. */
const stateHashOf = ({ project, tasks, sessions }: Everything): string => {
  const lines = [project, ...tasks, ...sessions].map((entity) => `${entity.id} ${sha256(canonical(entity))}\n`)
  return sha256(lines.sort().join(''))
}

const entityFilesOf = ({ project, tasks, sessions }: Everything): Record<string, unknown> =>
  Object.fromEntries([
    [join('projects', `${project.id}.json`), project],
    ...tasks.map((task) => [join('tasks', project.id, `${task.id}.json`), task]),
    ...sessions.map((session) => [join('sessions', `${session.id}.json`), session]),
  ])

const entityFilesIn = async (dataDir: string): Promise<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(within(await readTree(dataDir), 'projects', 'tasks', 'sessions')).map(([path, bytes]) => [
      path,
      JSON.parse(Buffer.from(bytes, 'latin1').toString('utf8')),
    ]),
  )

const Line = z.object({ offset: z.int(), hash: z.string(), request: z.object({ key: z.string() }) })
type Receipt = Pick<z.infer<typeof Line>, 'offset' | 'hash'> & { readonly key: string }

/** What the records behind the one that created the project say, in order. */
const receiptsIn = async (dataDir: string, projectId: string): Promise<Receipt[]> => {
  const dir = join(dataDir, 'log', projectId)
  const names = (await readdir(dir)).filter((name) => name.endsWith('.jsonl')).sort()
  const texts = await Promise.all(names.map((name) => readFile(join(dir, name), 'utf8')))
  const [, ...lines] = texts.join('').trimEnd().split('\n')
  return lines.map((line) => {
    const { offset, hash, request } = Line.parse(JSON.parse(line))
    return { offset, hash, key: request.key }
  })
}

const receiptsOf = (journal: readonly Acknowledged[]): Receipt[] =>
  journal.map(({ key, receipt: { offset, hash } }) => ({ offset, hash, key })).sort((a, b) => a.offset - b.offset)

const Folded = z.object({ projectId: z.string(), head: z.int(), hash: z.string(), stateHash: z.string() }).strip()

/** Folds the log in a process of its own. */
const foldApart = async (dataDir: string, projectId: string) => {
  const { code, stdout, stderr } = await runMaestro(['log', 'fold', '--project', projectId], { dataDir })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return Folded.parse(JSON.parse(stdout))
}

/** Everything that must hold after a load with a kill -9 in its middle. */
const expectAllKept = async (source: History, limit: number): Promise<void> => {
  const home = await openHome()
  const { dataDir } = home
  const { journal, projectId, retries, changes: done } = await loadThroughKill(home, source, limit, 8)
  expect(done).toBe(limit)
  expect(retries).toBeGreaterThan(0)

  // Every receipt names its record, and no request made two.
  const receipts = receiptsOf(journal)
  expect(await receiptsIn(dataDir, projectId)).toEqual(receipts)

  const answers = await askAll(home.now().url, projectId)
  expect(new Map(answers.tasks.map((task) => [task.id, modelOf(task)]))).toEqual(tasksFrom(journal))
  const stateHash = stateHashOf(answers)

  expect(await home.now().stop()).toEqual({ code: 0, signal: null })
  expect(await entityFilesIn(dataDir)).toEqual(entityFilesOf(answers))
  const hash = receipts.at(-1)?.hash
  expect(await foldApart(dataDir, projectId)).toEqual({ projectId, head: receipts.length + 1, hash, stateHash })

  await home.restart()
  expect(await askAll(home.now().url, projectId)).toEqual(answers)

  // Anybody can check the log, with what every system has.
  const log = join(dataDir, 'log', projectId)
  const segments = (await readdir(log)).filter((name) => name.endsWith('.jsonl')).sort()
  const checked = await checkLog(
    segments.map((name) => join(log, name)),
    await scratchDirectory(),
  )
  expect(checked).toMatchObject({ code: 0 })
  expect(checked.stdout).toContain(hash)
}

describe('after a kill -9 in the middle of a load with eight writers', { timeout: 400_000 }, () => {
  it(`every acknowledged one of 5,000 ${changes} is there, in answers, files and folds alike`, () =>
    expectAllKept(history, 5_000))

  it('so is every acknowledged one of 300 generated changes', () => expectAllKept(generatedHistory(2), 300))
})
