import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Runs in the process that is measured, as it ends. Without spaces, because NODE_OPTIONS is split there. */
const tellPeak = `
import{writeFileSync}from'node:fs';
process.on('exit',()=>writeFileSync(process.env.PEAK_MEMORY_FILE,String(process.resourceUsage().maxRSS)))
`.replaceAll('\n', '')

/** Runs a script with Node and resolves with the most memory that it had at any time, in bytes. Rejects when it fails. */
export const peakMemory = async (script: string, args: readonly string[]): Promise<number> => {
  const dir = await mkdtemp(join(tmpdir(), 'maestro-peak-'))
  const file = join(dir, 'peak')
  try {
    await promisify(execFile)(process.execPath, [script, ...args], {
      env: {
        PATH: process.env.PATH,
        NODE_OPTIONS: `--import=data:text/javascript,${tellPeak}`,
        PEAK_MEMORY_FILE: file,
      },
    })
    // The system counts in kibibytes.
    return Number(await readFile(file, 'utf8')) * 1024
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}
