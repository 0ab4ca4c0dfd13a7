import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { beforeEach, describe, expect, it } from 'vitest'
import type { DomainEvent } from '../../../events/index.ts'
import { projectCreated, taskCreated, taskUpdated, timelineAdded } from '../../support/events.ts'
import { writeHistory } from '../../support/log-tools.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { openTerminal, type TerminalSession } from '../../support/tmux.ts'
import { task } from '../../support/vocabulary.ts'

const a = task('a')
const events: DomainEvent[] = [
  projectCreated({ name: 'Apollo' }),
  taskCreated(a, { title: 'Build it' }),
  ...Array.from({ length: 40 }, (_, i) => taskCreated(task(`t${i}`), { title: `Task number ${i}` })),
  taskUpdated(a, { status: 'in_progress' }),
  timelineAdded(a, { type: 'milestone', message: 'A needle in the haystack' }),
  taskUpdated(a, { status: 'completed' }),
]
const last = events.length - 1

let dataDir: string
beforeEach(async () => {
  dataDir = await scratchDirectory()
  await writeHistory(dataDir, events)
})

const open = async (...words: readonly string[]): Promise<TerminalSession> => {
  const terminal = await openTerminal(['log', 'replay', 'proj_p', '--step', ...words], {
    dataDir,
    columns: 80,
    rows: 24,
  })
  await terminal.shows('q quit')
  return terminal
}

/** What the screen looks like when the shell has it back: nothing of the stepper, the cursor, and its usual ways. */
const givenBack = /^ended with (\d+)\n -?icanon\n -?echo/m

describe('the stepper in a terminal', () => {
  it('begins with the first record, goes on and back, and to both ends', async () => {
    const terminal = await open()
    const lines = await terminal.shows('▶  0')
    expect(lines[0]).toMatch(/^Apollo +record 0 of 44 {2}2023-11-14T22:13:20\.000Z$/)
    expect(lines).toHaveLength(24)
    await terminal.press('Right', 'Right', 'Right')
    await terminal.shows('▶  3 22:13:23 somebody created "Task number 1"')
    await terminal.press('Left')
    await terminal.shows('▶  2 22:13:22 somebody created "Task number 0"')
    await terminal.press('End')
    await terminal.shows(`record ${last} of ${last}`)
    await terminal.press('Home')
    await terminal.shows('record 0 of 44')
  })

  it('goes to an offset, to a time, and to what is searched for', async () => {
    const terminal = await open('--to', '5')
    await terminal.shows('record 5 of 44')
    await terminal.press('g')
    await terminal.type('17')
    await terminal.shows('Go to an offset, an ISO time or ms: 17█')
    await terminal.press('Enter')
    await terminal.shows('record 17 of 44')
    await terminal.press('g')
    await terminal.type('2023-11-14T22:13:30Z')
    await terminal.press('Enter')
    await terminal.shows('record 10 of 44')
    await terminal.press('g')
    await terminal.type('yesterday')
    await terminal.press('Enter')
    await terminal.shows('A moment must be an offset')
    await terminal.press('/')
    await terminal.type('NEEDLE')
    await terminal.press('Enter')
    await terminal.shows('record 43 of 44')
    await terminal.press('n')
    await terminal.shows('Nothing with NEEDLE after this record')
  })

  it('follows one task, and shows the record, what it changed, and what was true then', async () => {
    const terminal = await open('--to', '42')
    await terminal.press('f')
    await terminal.shows('following Build it: 4 records')
    await terminal.press('Left')
    await terminal.shows('record 1 of 44')
    await terminal.press('Right', 'Right')
    await terminal.shows('  timeline + milestone "A needle in the haystack"')
    await terminal.press('1')
    await terminal.shows('type   task:timeline_added')
    await terminal.press('3')
    await terminal.shows('status in_progress')
    await terminal.press('f')
    await terminal.shows('◐ Build it task_a')
    await terminal.press('Tab')
    await terminal.shows('[1 event]')
    await terminal.press('?')
    await terminal.shows('follow its subject, or stop')
  })

  it('follows the size of the terminal', async () => {
    const terminal = await open('--to', '20')
    await terminal.shows('▶ 20')
    await terminal.resize(60, 12)
    await terminal.shows(/^Apollo +record 20 of 44 {2}2023-11-14T22:13:40\.000Z\n.{60}\n/)
    await terminal.resize(110, 40)
    const lines = await terminal.shows('  24 22:13:44')
    expect(lines).toHaveLength(40)
  })
})

describe('the terminal is given back as it was', () => {
  it.each(['q', 'C-c'])('after %s, with exit code 0', async (key) => {
    const terminal = await open()
    await terminal.press(key)
    const lines = await terminal.shows(givenBack)
    expect(lines.slice(0, 3)).toEqual(['ended with 0', ' icanon', ' echo'])
  })

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGHUP', 129],
  ] as const)('after %s, which ends it with %i', async (signal, code) => {
    const terminal = await open()
    const { stdout } = await promisify(execFile)('pgrep', ['-P', String(await terminal.pid())])
    process.kill(Number(stdout), signal)
    const lines = await terminal.shows(givenBack)
    expect(lines.slice(0, 3)).toEqual([`ended with ${code}`, ' icanon', ' echo'])
  })
})
