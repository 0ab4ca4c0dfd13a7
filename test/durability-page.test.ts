import { execFile } from 'node:child_process'
import { access, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { shellBlocks } from './support/doc-blocks.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const page = await readFile(`${root}/docs/DURABILITY.md`, 'utf8')

/** The files that the page names, each with the names of tests that follow it in quotes. */
const claims = [...page.matchAll(/`(test\/[^`]+)`((?:[:,] "[^"]+")*)/g)].map(([, file = '', quotes = '']) => ({
  file,
  titles: [...quotes.matchAll(/"([^"]+)"/g)].map(([, title = '']) => title),
}))
const tests = claims.flatMap(({ file, titles }) => titles.map((title) => [title, file] as const))

describe('the page on durability', () => {
  it.each(tests)('names a test that is there: "%s" in %s', async (title, file) => {
    expect(await readFile(`${root}/${file}`, 'utf8')).toContain(title)
  })

  it('names only files that are there, and a test in each row', async () => {
    for (const { file } of claims) await access(`${root}/${file}`)
    const rows = page.split('\n').filter((line) => line.startsWith('| ') && line.includes('`test/'))
    expect(rows.length).toBeGreaterThan(40)
    for (const row of rows) expect(row).toMatch(/`test\/[^`]+`: "/)
  })

  it('shows a command that lists what is broken to test the tests', async () => {
    const [command = ''] = await shellBlocks('docs/DURABILITY.md')
    const { stdout } = await promisify(execFile)('sh', ['-c', command], { cwd: root })
    expect(stdout).toContain('an append is answered before it is synced (src/log/project-log.ts)')
  })
})
