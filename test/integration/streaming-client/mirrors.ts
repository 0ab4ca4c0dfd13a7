import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { z } from 'zod'
import { Digest } from '../../../events/index.ts'

const program = fileURLToPath(new URL('mirrors-program.ts', import.meta.url))

const Live = z.object({ live: z.int() })
const Ends = z.object({
  ends: z.array(z.object({ offset: z.int(), hash: Digest, stateHash: Digest })),
  reconnections: z.int(),
})
export type Ends = z.infer<typeof Ends>

/** Mirrors in a process of their own. */
export interface Mirrors {
  /** The server is somewhere else now. */
  serverIsAt(url: string): void
  /** Waits until all have a record, and answers what each has then. They end with that. */
  endAfter(projectId: string, offset: number): Promise<Ends>
}

/** Starts so many mirrors, and resolves when all of them are live. */
export const startMirrors = async (count: number, url: string): Promise<Mirrors> => {
  const child = spawn(process.execPath, ['--import', 'tsx', program, String(count), url], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const heard = async (): Promise<unknown> => {
    const { value, done } = await lines.next()
    if (done === true) throw new Error('the mirrors have ended')
    return JSON.parse(value)
  }
  const say = (words: object): unknown => child.stdin.write(`${JSON.stringify(words)}\n`)
  Live.parse(await heard())
  return {
    serverIsAt: (now) => void say({ url: now }),
    endAfter: async (projectId, offset) => {
      say({ projectId, offset })
      const ends = Ends.parse(await heard())
      child.stdin.end()
      await once(child, 'exit')
      return ends
    },
  }
}
