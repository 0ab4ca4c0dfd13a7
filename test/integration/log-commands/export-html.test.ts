import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DomainEvent, EventRecord } from '../../../events/index.ts'
import { ProjectState, rebuild } from '../../../projections/index.ts'
import { nodeFileSystem } from '../../../src/platform/node-file-system.ts'
import { treeRows } from '../../../tools/log-export/page/tree.ts'
import { openTab, type Tab, whenever } from '../../support/browser.ts'
import { projectCreated, sessionCreated, taskCreated, taskUpdated } from '../../support/events.ts'
import { histories } from '../../support/export-import.ts'
import { appendAll, draftOf, fileLog, replayed } from '../../support/logs.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { runMaestro } from '../../support/server-process.ts'
import { projectId, session, task } from '../../support/vocabulary.ts'

let tab: Tab | undefined
beforeAll(async () => {
  tab = await openTab()
}, 60_000)
afterAll(() => tab?.close())

const noBrowser = 'no browser on this machine: what the page does in one was not looked at'

interface Exported {
  readonly file: string
  readonly text: string
  readonly records: readonly EventRecord[]
}

/** Writes the log of some events, and exports it with the command. */
const exportOf = async (events: readonly DomainEvent[], ...words: string[]): Promise<Exported> => {
  const dataDir = await scratchDirectory()
  const log = await fileLog(nodeFileSystem, dataDir)
  await appendAll(
    log,
    events.map((event, offset) => draftOf(event, offset)),
  )
  const { records } = await replayed(log)
  await log.close()
  const file = join(dataDir, 'history.html')
  const args = ['log', 'export', projectId, '--format', 'html', '--output', file, ...words]
  const { code, stderr } = await runMaestro(args, { dataDir })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return { file, text: await readFile(file, 'utf8'), records }
}

const title = '</script><script>document.title="broken out"</script>'
const attempts = [
  title,
  '<img src=x onerror="document.title=1">',
  '<!-- <script>',
  '"]</script>',
  '\u202egnp.exe &amp; $' + '{1}',
]
const hostile: readonly DomainEvent[] = [
  projectCreated({ name: title }),
  ...attempts.map((one, i) => taskCreated(task(`t${i}`), { title: one, description: one })),
  sessionCreated(session('s'), { name: title, taskIds: [task('t0')] }),
  taskUpdated(task('t1'), { status: 'blocked' }),
]

describe('an export as a page', () => {
  it('is one file, whose policy allows the one script and the one style sheet in it and nothing else', async () => {
    const { text } = await exportOf(hostile)
    const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(text) ?? []
    const hashOf = (element: string): string => {
      const body = text.slice(text.lastIndexOf(`<${element}>`) + element.length + 2, text.lastIndexOf(`</${element}>`))
      expect(body.length).toBeGreaterThan(1000)
      return `'sha256-${createHash('sha256').update(body).digest('base64')}'`
    }
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      `script-src ${hashOf('script')}`,
      `style-src ${hashOf('style')}`,
      "base-uri 'none'",
      "form-action 'none'",
    ])
  })

  it('has no tags but its own, and none that refers to something', async () => {
    const { text } = await exportOf(hostile)
    const script = text.slice(text.lastIndexOf('<script>') + 8, text.lastIndexOf('</script>'))
    expect(script).not.toMatch(/<\/script|<!--/i)
    const rest = text.replace(script, '')
    const tags = Array.from(rest.matchAll(/<(?!\/)[a-z!][^\s>]*/g), ([tag]) => tag.slice(1))
    expect(tags).toEqual([
      ...['!doctype', 'html', 'head', 'meta', 'meta', 'meta', 'meta', 'meta', 'title', 'style'],
      ...['body', 'main', 'p', 'script', 'script', 'script'],
    ])
    expect(rest).not.toMatch(/\s(?:src|href|srcset|action)=(?!x onerror)|@import|url\(/)
  })

  it('takes the log from its start on, and says so', async () => {
    const dataDir = await scratchDirectory()
    const log = await fileLog(nodeFileSystem, dataDir)
    await appendAll(
      log,
      [projectCreated(), taskCreated(task('a'))].map((event, i) => draftOf(event, i)),
    )
    await log.close()
    const args = ['log', 'export', projectId, '--format', 'html', '--from', '1']
    const { code, stdout, stderr } = await runMaestro(args, { dataDir })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('leave out --from')
  })
})

const at = (offset: number): string => `document.documentElement.dataset.offset === '${offset}'`
const hrefOf = (file: string, hash: string): string => `${pathToFileURL(file)}${hash}`
/** What the tree of tasks shows. */
const shownTasks = `[...document.querySelectorAll('#tasks [data-id]')].map((row) =>
  [row.dataset.id, row.dataset.status, row.getAttribute('aria-level'), row.querySelector('bdi').textContent].join(' '))`
const textOf = (selector: string): string => `document.querySelector('${selector}').textContent`

const tasksAfter = (records: readonly EventRecord[], offset: number): string[] => {
  const state = new ProjectState()
  for (const record of records.slice(0, offset + 1)) rebuild(state, record)
  return treeRows(state).map(({ task: { id, status, title: name }, level }) => `${id} ${status} ${level} ${name}`)
}

describe('the page in a browser', () => {
  it('shows at every record what a fold makes of the log, by its address and by keys', async ({ annotate }) => {
    if (tab === undefined) return void (await annotate(noBrowser))
    const browser = tab
    const run = fc.asyncProperty(histories, fc.nat(), async (events, pick) => {
      const { file, records } = await exportOf(events)
      const [last, first] = [records.length - 1, pick % records.length]
      await browser.open(hrefOf(file, `#offset=${first}`), at(first))
      expect(await browser.evaluate(textOf('#verdict'))).toContain(`verified: ${records.length} records`)
      const walk: ReadonlyArray<readonly [key: string, offset: number]> = [
        ['', first],
        ['ArrowRight', Math.min(first + 1, last)],
        ['Home', 0],
        ['End', last],
        ['ArrowLeft', Math.max(last - 1, 0)],
      ]
      for (const [key, offset] of walk) {
        if (key !== '') await browser.press(key)
        await browser.evaluate(whenever(at(offset)))
        expect(await browser.evaluate(shownTasks)).toEqual(tasksAfter(records, offset))
        expect(await browser.evaluate('location.hash')).toContain(`offset=${offset}`)
      }
    })
    await fc.assert(run, { numRuns: 4, endOnFailure: true })
  }, 120_000)

  it('shows what somebody wrote as text, asks for nothing, and breaks no rule of its policy', async ({ annotate }) => {
    if (tab === undefined) return void (await annotate(noBrowser))
    const { file } = await exportOf(hostile)
    await tab.open(hrefOf(file, '#offset=7'), at(7))
    expect(await tab.evaluate('document.title')).toBe(`${title}: history`)
    expect(await tab.evaluate(textOf('h1'))).toBe(title)
    expect(await tab.evaluate(`[...document.querySelectorAll('#tasks bdi')].map((one) => one.textContent)`)).toEqual(
      attempts,
    )
    expect(await tab.evaluate(`document.querySelectorAll('img').length`)).toBe(0)
    expect(await tab.evaluate(`document.querySelectorAll('script').length`)).toBe(3)
    expect(await tab.evaluate(`document.querySelector('#record [data-field=status]').textContent`)).toContain('blocked')
    expect(tab.requests).toEqual([hrefOf(file, '')])
    expect(tab.complaints).toEqual([])
  })

  it('finds records, follows what is chosen, and plays', async ({ annotate }) => {
    if (tab === undefined) return void (await annotate(noBrowser))
    const { file } = await exportOf(hostile)
    await tab.open(hrefOf(file, '#offset=0&id=task_t1'), at(0))
    const found = `[...document.querySelectorAll('#records [data-offset]')].map((row) => Number(row.dataset.offset))`
    expect(await tab.evaluate(found)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    await tab.press('/')
    for (const key of 'blocked') await tab.press(key)
    expect(await tab.evaluate(found)).toEqual([7])
    await tab.evaluate(`document.querySelector('#records [data-offset]').click()`)
    await tab.evaluate(whenever(at(7)))
    expect(await tab.evaluate(`document.querySelector('#entity').dataset.id`)).toBe('task_t1')
    expect(await tab.evaluate(textOf('#entity .chip'))).toBe('blocked')
    await tab.press('Escape')
    await tab.press('Home')
    await tab.evaluate(whenever(at(0)))
    await tab.press(' ')
    await tab.evaluate(whenever(at(7)))
  })

  it('says where a file was changed, and shows what is before that', async ({ annotate }) => {
    if (tab === undefined) return void (await annotate(noBrowser))
    const { file, text } = await exportOf(hostile)
    const spoilt = `${file}.spoilt.html`
    await writeFile(spoilt, text.replace('"blocked\\"', '"pending\\"').replace('\\"blocked\\"', '\\"pending\\"'))
    await tab.open(hrefOf(spoilt, ''), at(6))
    expect(await tab.evaluate(textOf('#verdict'))).toContain('damaged at record 7: digest of data does not match')
  })

  it('of a part that begins with the log says that the log goes on', async ({ annotate }) => {
    if (tab === undefined) return void (await annotate(noBrowser))
    const { file } = await exportOf(hostile, '--to', '3')
    await tab.open(hrefOf(file, ''), at(3))
    expect(await tab.evaluate(textOf('#verdict'))).toContain('verified: 4 records (the log goes on)')
  })
})
