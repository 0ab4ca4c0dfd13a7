import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import type { Mutation } from './mutation.ts'

/** What is needed to run a test. */
const parts = ['events', 'projections', 'src', 'tools', 'test', 'package.json', 'tsconfig.json']

/** A test that says nothing for so long never will: what was broken goes round in circles, ms. */
const patience = 60_000

/** A test that was run, by its full name. */
export interface TestRun {
  readonly name: string
  readonly isPassed: boolean
}

/**
 * A copy of the sources in which anything may be broken: the sources themselves are only read, so that nothing has to be
 * put back however a run ends.
 */
export class Workshop {
  readonly #dir: string
  readonly #signal: AbortSignal

  private constructor(dir: string, signal: AbortSignal) {
    this.#dir = dir
    this.#signal = signal
  }

  /** The signal ends whatever is under way in it. */
  static async open(root: string, signal: AbortSignal): Promise<Workshop> {
    const dir = await mkdtemp(join(tmpdir(), 'maestro-mutations-'))
    for (const part of parts) await cp(join(root, part), join(dir, part), { recursive: true })
    await symlink(join(root, 'node_modules'), join(dir, 'node_modules'))
    return new Workshop(dir, signal)
  }

  async close(): Promise<void> {
    await rm(this.#dir, { recursive: true, force: true })
  }

  read(file: string): Promise<string> {
    return readFile(join(this.#dir, file), 'utf8')
  }

  write(file: string, text: string): Promise<void> {
    return writeFile(join(this.#dir, file), text)
  }

  /** Runs the tests of a name in a file. None when the file could not even be read, or did not come to an end. */
  async run({ file, name }: Mutation['test']): Promise<TestRun[]> {
    const report = join(this.#dir, 'report.json')
    await rm(report, { force: true })
    const pattern = name.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)
    await this.#vitest([file, '-t', pattern, '--reporter=json', `--outputFile=${report}`])
    const text = await readFile(report, 'utf8').catch(() => '{"testResults":[]}')
    return Report.parse(JSON.parse(text))
      .testResults.flatMap(({ assertionResults }) => assertionResults)
      .filter(({ status }) => status === 'passed' || status === 'failed')
      .map(({ fullName, status }) => ({ name: fullName, isPassed: status === 'passed' }))
  }

  /** In a group of processes, so that a worker that goes round in circles ends with it. */
  async #vitest(words: readonly string[]): Promise<void> {
    this.#signal.throwIfAborted()
    const vitest = join('node_modules', 'vitest', 'vitest.mjs')
    const child = spawn(process.execPath, [vitest, 'run', '--config', 'test/mutations/vitest.config.ts', ...words], {
      cwd: this.#dir,
      stdio: 'ignore',
      detached: true,
    })
    const end = (): void => {
      const isOver = child.exitCode !== null || child.signalCode !== null
      if (child.pid !== undefined && !isOver) process.kill(-child.pid, 'SIGKILL')
    }
    const late = setTimeout(end, patience)
    this.#signal.addEventListener('abort', end)
    try {
      await once(child, 'exit')
    } finally {
      clearTimeout(late)
      this.#signal.removeEventListener('abort', end)
    }
    this.#signal.throwIfAborted()
  }
}

/** As far as it is needed. */
const Report = z.object({
  testResults: z.array(z.object({ assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })) })),
})
