import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { builtProgram, environment } from './server-process.ts'

/** What a line of a shell came to. */
export interface ShellOutcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a line of a shell in which `maestro` is there, in the data directory. A pipe fails when any part of it does. */
export const shell = async (dataDir: string, line: string): Promise<ShellOutcome> => {
  const script = `maestro() { '${process.execPath}' '${builtProgram}' "$@"; }\n${line}`
  const run = promisify(execFile)('bash', ['-o', 'pipefail', '-c', script], { env: environment({ dataDir }) })
  return run.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, stdout, stderr }),
  )
}
