import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'

/** Runs in the process that is measured, as it ends. Without spaces, because NODE_OPTIONS is split there. */
const tellPeak = `
import{writeFileSync}from'node:fs';
process.on('exit',()=>writeFileSync(process.env.RESOURCES_FILE,JSON.stringify(process.resourceUsage())))
`.replaceAll('\n', '')

const Usage = z.object({ maxRSS: z.number(), userCPUTime: z.number(), systemCPUTime: z.number() })

/** What a run took: the most memory that it had at any time, bytes, and the time of processors, s. */
export interface Resources {
  readonly memory: number
  readonly seconds: number
}

/** Runs a script with Node and resolves with what that took. Rejects when it fails. */
export const resourcesOf = async (script: string, args: readonly string[]): Promise<Resources> => {
  const dir = await mkdtemp(join(tmpdir(), 'maestro-peak-'))
  const file = join(dir, 'peak')
  try {
    const child = spawn(process.execPath, [script, ...args], {
      // What it prints goes nowhere, however much it is.
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        PATH: process.env.PATH,
        NODE_OPTIONS: `--import=data:text/javascript,${tellPeak}`,
        RESOURCES_FILE: file,
      },
    })
    const [code] = await once(child, 'close')
    if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`)
    const { maxRSS, userCPUTime, systemCPUTime } = Usage.parse(JSON.parse(await readFile(file, 'utf8')))
    // The system counts in kibibytes and microseconds.
    return { memory: maxRSS * 1024, seconds: (userCPUTime + systemCPUTime) / 1e6 }
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** The most memory that a run had at any time, bytes. */
export const peakMemory = async (script: string, args: readonly string[]): Promise<number> =>
  (await resourcesOf(script, args)).memory
