import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { shellBlocks } from '../support/doc-blocks.ts'
import { builtProgram } from '../support/server-process.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const bench = (...args: readonly string[]) =>
  promisify(execFile)(process.execPath, ['--import', 'tsx', 'bench/run.ts', ...args], { cwd: root })

describe('the bench', () => {
  it('measures a row in real processes, and tells what on and of what', async () => {
    const args = ['writer', '--rounds', '1', '--seconds', '0.2', '--json', '--program', builtProgram]
    // Whether the target is reached says nothing in so short a time, beside other tests.
    const { stdout } = await bench(...args).catch((error: { code: number; stdout: string }) => {
      if (error.code !== 1) throw error
      return error
    })
    expect(JSON.parse(stdout)).toMatchObject({
      machine: { node: process.version, processors: expect.any(Number), commit: expect.any(String) },
      results: [
        {
          ...{ kind: 'measured', name: 'writer', unit: '/s', target: { atLeast: 0.5 } },
          ours: { median: expect.any(Number) },
          ratio: { min: expect.any(Number), median: expect.any(Number), max: expect.any(Number) },
        },
      ],
    })
  })

  it('is used as docs/PERFORMANCE.md says', async () => {
    const commands = (await shellBlocks('docs/PERFORMANCE.md')).flatMap((block) => block.trim().split('\n'))
    expect(commands.length).toBeGreaterThan(0)
    for (const command of commands) {
      const words = command.split(' ')
      expect(words.slice(0, 3)).toEqual(['npm', 'run', 'bench'])
      const { stdout } = await bench(...words.slice(words.includes('--') ? 4 : 3), '--list')
      expect(stdout).not.toBe('')
    }
  })
})
