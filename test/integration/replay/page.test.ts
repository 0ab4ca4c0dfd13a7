import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readCondition } from '../../../tools/log-bisect/condition.ts'
import { methods, permittedFunctions } from '../../../tools/log-bisect/permitted.ts'
import { types } from '../../../tools/log-bisect/views.ts'
import { names } from '../../../tools/log-bisect/vocabulary.ts'
import { shellBlocks } from '../../support/doc-blocks.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { builtProgram, environment, startServerProcess } from '../../support/server-process.ts'

const page = await readFile(new URL('../../../docs/REPLAY.md', import.meta.url), 'utf8')

/** What stands in backquotes in the page. */
const quoted = new Set([...page.matchAll(/`([^`\n]+)`/g)].map(([, text]) => text))

/** The lines of a block of text in which something stands. */
const linesWith = (text: string): string[] => {
  const block = [...page.matchAll(/^```text\n(.*?)^```$/gms)]
    .map(([, one]) => one ?? '')
    .find((one) => one.includes(text))
  return (block ?? '').trimEnd().split('\n')
}

describe('the page on replay', () => {
  it('shows commands that work as they are written', async () => {
    const dataDir = await scratchDirectory()
    const server = await startServerProcess({ dataDir })
    onTestFinished(async () => void (await server.kill()))
    const lines = (await shellBlocks('docs/REPLAY.md')).flatMap((block) => block.trimEnd().split('\n'))
    expect(lines.length).toBeGreaterThan(12)
    // A line in which a reader has seen enough ends well.
    const told = lines.map((line, i) => `echo "[line ${i}]"\n${line} || echo "ended with $?"`)
    const maestro = `maestro() { '${process.execPath}' '${builtProgram}' "$@"; }`
    const { stdout } = await promisify(execFile)('bash', ['-c', [maestro, ...told].join('\n')], {
      cwd: dataDir,
      env: { ...environment({ dataDir }), MAESTRO_SERVER_URL: server.url },
      maxBuffer: 64 * 1024 * 1024,
    })
    const outputs = stdout.split(/^\[line \d+\]\n/m).slice(1)
    expect(outputs).toHaveLength(lines.length)
    for (const [i, output] of outputs.entries())
      expect({ line: lines[i], output }).toMatchObject({ output: expect.not.stringContaining('ended with') })
    const outputOf = (part: string): string => outputs[lines.findIndex((line) => line.includes(part))] ?? ''
    expect(outputOf('--to 500 --open')).toMatch(/^after record 500 of [\d,]+, /m)
    expect(outputOf('--assert')).toContain('All ways lead to the same state')
    expect(outputOf('log history')).toMatch(/ created ".*"\n/)
    expect(outputOf('log blame')).toMatch(/^status +/m)
    expect(outputOf('log diff')).toMatch(/^\d+ differences?: /m)
    expect(outputOf("'countTasks(")).toContain('It turned true with record')
    expect(outputOf('--first')).toContain('It was not true at any moment before.')
    expect(outputOf('log audit')).toMatch(/ records: lifecycle /)
  }, 120_000)

  it('names all that conditions know, and nothing else', () => {
    for (const name of names) expect(quoted).toContain(name)
    for (const name of [...permittedFunctions, ...methods]) {
      expect([...quoted].some((text) => text === name || text?.startsWith(`${name}(`))).toBe(true)
    }
    for (const { fields } of types) for (const field of Object.keys(fields)) expect(quoted).toContain(field)
  })

  it('shows conditions that can be read', () => {
    const lines = linesWith('tasks.filter(')
    expect(lines.length).toBeGreaterThan(5)
    for (const line of lines) expect(() => readCondition(line), line).not.toThrow()
  })
})
