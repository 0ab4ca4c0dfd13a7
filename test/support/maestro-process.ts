import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'
import { builtProgram, type Exit, environment } from './server-process.ts'

/** `maestro` in a process of its own, while it runs. */
export interface MaestroProcess {
  /** The next line that it prints. Rejects when it ends before. */
  next(): Promise<string>
  /** Writes to its standard input. */
  write(text: string): void
  kill(signal: NodeJS.Signals): void
  /** How it ended, and what it said on standard error. */
  readonly ended: Promise<Exit & { readonly stderr: string }>
}

/** Starts `maestro` with some words, for the rest of the test at most. */
export const startMaestro = (args: readonly string[], dataDir: string): MaestroProcess => {
  const child = spawn(process.execPath, [builtProgram, ...args], {
    env: environment({ dataDir }),
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  let stderr = ''
  child.stderr.on('data', (text: Buffer) => {
    stderr += text.toString()
  })
  // Whoever writes to a process that has ended learns of it by its end.
  child.stdin.on('error', () => {})
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, stderr }))
  return {
    next: async () => {
      const { done, value } = await lines.next()
      if (done === true) throw new Error(`it ended: ${JSON.stringify(await ended)}`)
      return value
    },
    write: (text) => {
      child.stdin.write(text)
    },
    kill: (signal) => {
      child.kill(signal)
    },
    ended,
  }
}
