import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { canonical, type Draft, ProjectId, start } from '../../events/index.ts'
import { projectDirectory, segmentName } from '../../src/log/format.ts'
import { sha256 } from '../../src/platform/hash.ts'
import { nodeFileSystem } from '../../src/platform/node-file-system.ts'
import { checkLog } from '../support/check-log.ts'
import { blockUnder } from '../support/doc-blocks.ts'
import { eventAdded, taskCreated } from '../support/events.ts'
import { appendAll, draftOf, drafts, fileLog, replayed } from '../support/logs.ts'
import { scratchDirectory } from '../support/scratch.ts'
import { projectId, session, task } from '../support/vocabulary.ts'

const run = promisify(execFile)

let page: string
let dir: string
beforeAll(async () => {
  page = await readFile(new URL('../../docs/LOG_FORMAT.md', import.meta.url), 'utf8')
})
beforeEach(async () => {
  dir = await scratchDirectory()
})

const check = (segments: readonly string[]) => checkLog(segments, dir)

describe('the example on the page', () => {
  const example = (): string => blockUnder(page, 'An example', 'jsonl')

  it('is a log, for the server and for the check', async () => {
    const id = ProjectId.parse(/"projectId":"(.*?)"/.exec(example())?.[1])
    const segment = join(projectDirectory(dir, id), segmentName(0))
    await mkdir(projectDirectory(dir, id), { recursive: true })
    await writeFile(segment, example())
    const log = await fileLog(nodeFileSystem, dir)
    const { status, records } = await replayed(log, start, id)
    expect(status).toEqual({ kind: 'open' })
    expect(records.map(({ type }) => type)).toEqual([
      ...['project:created', 'task:created', 'task:timeline_added', 'record:redacted'],
    ])
    expect(await check([segment])).toEqual({ code: 0, stdout: `good: 4 records, head 4:${log.head(id).hash}\n` })
    await log.close()
  })

  it('comes with commands that print what the page says', async () => {
    await writeFile(join(dir, segmentName(0)), example())
    const lines = blockUnder(page, 'An example', 'console').trimEnd().split('\n')
    for (let i = 0; i < lines.length; i += 2) {
      const { stdout } = await run('sh', ['-c', String(lines[i]).replace(/^\$ /, '')], { cwd: dir })
      expect(stdout.trimEnd()).toBe(lines[i + 1])
    }
  })
})

describe('the check on the page', () => {
  const awkward = 'a\u2028b\r\n\\n %s $HOME `id` "q" \' * \u{1f600} ,"hash":"x" ,"data":{"prev":"'
  const clean = canonical({ taskId: 'task_2', title: '[redacted] ,"data":{}' })
  const batch: Draft[] = [
    ...drafts(1),
    draftOf(eventAdded(session('s'), { type: awkward, data: { data: { hash: awkward } } }), 1),
    draftOf(taskCreated(task('2'), { title: 'secret' }), 2),
    { ...draftOf(taskCreated(task('3')), 3), request: { key: `,hash:'$(id)'`, digest: sha256('request') } },
    draftOf(
      { type: 'record:redacted', data: { offset: 2, digest: sha256(clean), pointer: '/title', reason: awkward } },
      4,
    ),
    ...drafts(1, 5),
  ]
  let head: { offset: number; hash: string }
  let segments: string[]

  /** A log in three segments, whose record 2 is redacted. */
  beforeEach(async () => {
    const log = await fileLog(nodeFileSystem, dir, { segmentBytes: 800 })
    for (const draft of batch) await appendAll(log, [draft])
    head = log.head(projectId)
    await log.close()
    const names = (await readdir(projectDirectory(dir, projectId))).sort()
    segments = names.map((name) => join(projectDirectory(dir, projectId), name))
    await edit((text) =>
      text.replace(/,"data":\{"taskId":"task_2".*/, `,"redacted":"${sha256(clean)}","data":${clean}}`),
    )
  })

  /** Changes whatever segment the change finds something in. */
  const edit = async (change: (text: string) => string): Promise<void> => {
    for (const segment of segments) {
      await writeFile(segment, change(await readFile(segment, 'utf8')))
    }
  }
  it('says that a good log is good, and what its head is', async () => {
    expect(segments.map((path) => basename(path))).toEqual([segmentName(0), segmentName(2), segmentName(4)])
    expect((await replayed(await fileLog(nodeFileSystem, dir))).status).toEqual({ kind: 'open' })
    expect(await check(segments)).toEqual({ code: 0, stdout: `good: 6 records, head 6:${head.hash}\n` })
  })

  it.each<[string, (text: string) => string, string]>([
    ['a flipped byte in data', (text) => text.replace('"title":"Task 0"', '"title":"Task 1"'), 'offset 0: digest'],
    [
      'a flipped byte in the header',
      (text) => text.replace('"at":1700000001000', '"at":1700000001001'),
      'offset 1: hash',
    ],
    ['a flipped byte in a hash', (text) => text.replace(/(,"offset":3,.*,"hash":")./, '$1g'), 'offset 3: hash'],
    ['a flipped byte in a digest', (text) => text.replace(/(,"offset":3,.*,"digest":")./, '$1g'), 'offset 3: hash'],
    ['a flipped byte in a key', (text) => text.replace('"redacted":', '"redactee":'), 'offset 2: digest'],
    [
      'a flipped byte in a redacted digest',
      (text) => text.replace(/"redacted":"./, '"redacted":"g'),
      'offset 2: digest',
    ],
    ['a flipped last byte', (text) => text.replace(/(,"offset":5,.*)\}/, '$1]'), 'offset 5: digest'],
    ['a lost last line feed', (text) => text.replace(/(,"offset":5,.*)\n/, '$1'), 'offset 5: the segment'],
    ['a torn last line', (text) => `${text}{"v":1,"off`, 'the segment does not end with a whole line'],
    ['a zero byte', (text) => text.replace('Task 0', 'Ta\0sk 0'), 'zero bytes'],
    ['an empty line', (text) => text.replace(/\n(?=.*,"offset":3,)/, '\n\n'), 'offset 3: hash'],
    ['a missing record', (text) => text.replace(/.*,"offset":3,.*\n/, ''), 'offset 3: '],
    ['a doubled record', (text) => text.replace(/.*,"offset":3,.*\n/, '$&$&'), 'offset 4: not the record'],
  ])('finds %s', async (_, change, finding) => {
    await edit(change)
    const { code, stdout } = await check(segments)
    expect({ code, stdout }).toMatchObject({ code: 1, stdout: expect.stringContaining(finding) })
  })

  it('finds a redacted line that nobody announces, or not with this digest', async () => {
    const lastOnes = segments.slice(0, 2)
    const { code, stdout } = await check(lastOnes)
    expect({ code, stdout }).toEqual({
      code: 1,
      stdout: `redacted, and no later record says so: 2:${sha256(clean)}\n`,
    })
  })

  it('finds segments that are missing or in another order', async () => {
    const [first = '', second = '', third = ''] = segments
    for (const wrong of [
      [second, third],
      [first, third],
      [second, first, third],
    ]) {
      expect(await check(wrong)).toMatchObject({ code: 1, stdout: expect.stringContaining('begins elsewhere') })
    }
  })
})
