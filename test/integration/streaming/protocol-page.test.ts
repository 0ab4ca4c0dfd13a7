import { readFile } from 'node:fs/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { batchBytes } from '../../../src/ws/feed/batch.ts'
import {
  closings,
  ErrorFrameCode,
  heartbeatEvery,
  maxBufferedBytes,
  maxMessageBytes,
  maxSubscriptions,
  pingEvery,
  ServerMessage,
  stuckAfter,
} from '../../../src/ws/protocol.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { startServerProcess } from '../../support/server-process.ts'
import { replay, transcriptIn } from '../../support/transcript.ts'

const root = new URL('../../../', import.meta.url)
const page = await readFile(new URL('docs/PROTOCOL.md', root), 'utf8')

describe('the page about the protocol', () => {
  it('names for each clause the tests that keep it, and they are there', async () => {
    const clauses = page.split('\n').filter((line) => line.startsWith('| ') && /\b(?:MUST|SHOULD)\b/.test(line))
    expect(clauses.length).toBeGreaterThan(30)
    for (const clause of clauses) {
      const tests = clause.split(' | ').at(-1)?.replace(/ \|$/, '').split('; ') ?? []
      for (const test of tests) {
        const [, file = '', title = ''] = /^`(test\/\S+\.test\.ts)`(?:: (.+))?$/.exec(test) ?? []
        expect(file, clause).not.toBe('')
        expect(await readFile(new URL(file, root), 'utf8'), test).toContain(title)
      }
    }
  })

  it('says what the server has for limits', () => {
    expect(page).toContain(`at most ${maxMessageBytes / 1024} KiB`)
    expect(page).toContain(`may follow ${maxSubscriptions.toLocaleString('en')} projects one by one`)
    expect(page).toContain(`a \`heartbeat\` every ${heartbeatEvery / 1000} s`)
    expect(page).toContain(`no ping for ${pingEvery / 1000} s`)
    expect(page).toContain(`waited for it for ${stuckAfter / 1000} s`)
    expect(page).toContain(`no more than ${maxBufferedBytes / 1024 / 1024} MiB`)
    expect(page).toContain(`at most ${batchBytes / 1024} KiB and one line`)
    for (const { code } of Object.values(closings)) expect(page).toMatch(new RegExp(`^\\|.*\\b${code}\\b`, 'm'))
    for (const code of ErrorFrameCode.options) expect(page).toContain(`| \`${code}\` |`)
    for (const { shape } of ServerMessage.options) expect(page).toContain(`{"type":"${shape.type.value}"`)
  })

  it('shows a conversation that happens as it is written', async () => {
    const [, block = ''] = /^```transcript\n(.*?)^```$/ms.exec(page) ?? []
    const lines = transcriptIn(block)
    expect(lines.length).toBeGreaterThan(5)
    const server = await startServerProcess({ dataDir: await scratchDirectory() })
    onTestFinished(async () => {
      await server.kill()
    })
    await replay(lines, server.url, () => server.stop())
  })
})
