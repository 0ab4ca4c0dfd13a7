import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { shellBlocks } from '../support/doc-blocks.ts'
import { runAsWritten } from '../support/run-as-written.ts'
import { scratchDirectory } from '../support/scratch.ts'
import { startServerProcess } from '../support/server-process.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

describe('the README', () => {
  it('starts with one command that installs, builds and runs the server', async () => {
    const [first] = await shellBlocks('README.md')
    expect(first).toBe('npm ci && npm start\n')
    const dataDir = await scratchDirectory()
    const child = spawn('npm', ['start'], {
      cwd: root,
      env: { ...process.env, HOME: dataDir, PORT: '0', DATA_DIR: dataDir, LOG_FORMAT: 'json' },
      stdio: ['ignore', 'pipe', 'inherit'],
      // A group of its own: npm does not hand every signal on.
      detached: true,
    })
    onTestFinished(() => {
      if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    })
    const lines = createInterface({ input: child.stdout })
    let url: string | undefined
    for await (const line of lines) {
      url = /listening on (http:\S+?)"/.exec(line)?.[1]
      if (url !== undefined) break
    }
    const health = await fetch(`${url}/health`)
    expect(await health.json()).toMatchObject({ status: 'ok' })
    const exited = once(child, 'exit')
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM')
    await exited
  })

  it('tells the command that passes all tests, which is the one that decides', async () => {
    const blocks = await shellBlocks('README.md')
    expect(blocks.at(-1)).toBe('npm ci && npm test\n')
    const ci = await readFile(new URL('../../.ci/run', import.meta.url), 'utf8')
    expect(ci).toMatch(/^npm ci\b.*\nnpm test$/m)
  })

  it('shows commands that work as they are written', async () => {
    const dataDir = await scratchDirectory()
    const server = await startServerProcess({ dataDir })
    onTestFinished(async () => {
      await server.stop()
    })
    const output = await runAsWritten((await shellBlocks('README.md')).slice(1, -1), server.url, dataDir)
    expect(output).toContain('"status":"ok"')
    expect(output).toContain('"title":"Implement authentication"')
    expect(output).toContain('"status":"spawning"')
    expect(output).toContain('"type":"session:spawn_request"')
  })

  it('links only to pages that are there', async () => {
    const text = await readFile(new URL('../../README.md', import.meta.url), 'utf8')
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link]) => link ?? '')
    expect(links.length).toBeGreaterThan(5)
    for (const link of links) await access(new URL(`../../${link}`, import.meta.url))
  })
})
