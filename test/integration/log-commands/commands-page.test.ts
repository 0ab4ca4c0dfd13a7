import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { logCommands } from '../../../tools/log-commands.ts'
import { apiOf } from '../../support/api.ts'
import { endsIn, runAsWritten } from '../../support/as-written.ts'
import { shellBlocks } from '../../support/doc-blocks.ts'
import { makerOf } from '../../support/entities.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { startServerProcess } from '../../support/server-process.ts'
import { readTree } from '../../support/trees.ts'

const page = 'docs/LOG_COMMANDS.md'

it('the page on the commands shows commands that work as they are written', async () => {
  const cwd = await scratchDirectory()
  const dataDir = join(cwd, 'data')
  await mkdir(dataDir)
  const serve = async () => {
    const server = await startServerProcess({ dataDir })
    onTestFinished(async () => {
      await server.kill()
    })
    return server
  }
  const server = await serve()
  const make = makerOf(apiOf(server.url))
  const { id } = await make.project({ name: 'Apollo' })
  await make.task(id, { title: 'Write the page' })
  await make.session(id, { name: 'Ada' })

  const blocks = await shellBlocks(page)
  const last = blocks.findIndex((block) => block.includes('--yes'))
  const script = [
    ...blocks.slice(0, last),
    // Where the page says to stop the server.
    `kill ${server.pid}; while [ -s '${join(dataDir, 'lock')}' ]; do :; done\n`,
    ...blocks.slice(last),
  ].join('')
  const output = await runAsWritten(script, { dataDir, url: server.url, cwd })
  expect(endsIn(output).map((end) => end.replace(id, 'PROJECT'))).toEqual([
    ...['maestro log list: 0', 'PROJECT=(maestro log list: 0'],
    ...['maestro log tail: 0', 'maestro log tail: 0'],
    ...['maestro log show: 0', 'maestro log show: 0'],
    ...['ANSWER=(curl -s -i: 0', 'OFFSET=(echo ANSWER |: 0', 'HASH=(echo ANSWER |: 0', 'maestro log receipt: 0'],
    ...['maestro log export: 0', 'maestro log import: 0', 'maestro log verify: 0'],
    ...['maestro log export: 0', 'maestro log export: 0'],
    ...['HEAD=(maestro log list: 0', 'cat ./copy/log/PROJECT/*.jsonl |: 0'],
    ...['maestro log redact: 0', `kill ${server.pid}; while: 0`, 'maestro log redact: 0', 'maestro log receipt: 0'],
  ])
  for (const words of [
    /^proj_\S+ +"Apollo" +ok +3 /m,
    'created project "Apollo"',
    '"title": "Write the page"',
    `Yes: record 3 of ${id} is the one that you were told of.\n`,
    'project.jsonl: 4 records, ',
    `${id}: imported 4 records, `,
    '],"end":null}',
    'of record 3, task:created, would become "[redacted]".',
    'of record 3, task:created, is now "[redacted]".',
    'Some of its data was taken out:',
  ]) {
    expect(output).toMatch(words)
  }
  const texts = Object.entries(await readTree(dataDir)).filter(([, text]) => text.includes('Call Ada'))
  expect(texts).toEqual([])
  expect(await readFile(join(cwd, 'project.csv'), 'utf8')).toMatch(/^offset,time,.*\r\n0,/)
})

it('the page on the commands names all of them', async () => {
  const text = await readFile(new URL(`../../../${page}`, import.meta.url), 'utf8')
  for (const { name } of logCommands) expect(text).toContain(`\`${name.replace('log ', '')}\``)
})
