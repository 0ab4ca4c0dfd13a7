import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { builtProgram, environment } from './server-process.ts'

export interface AsWrittenOptions {
  readonly dataDir: string
  /** Where the server is that the page speaks of. */
  readonly url: string
  /** Where the commands are run; wherever the test is if not given. */
  readonly cwd?: string
}

/** Runs what a page says, command by command in one shell, and tells what each line printed and how it ended. */
export const runAsWritten = async (script: string, { dataDir, url, cwd }: AsWrittenOptions): Promise<string> => {
  const lines = script.trimEnd().split('\n')
  const told = lines.map(
    (line) => `${line}\necho "[$? from ${line.split(' ').slice(0, 3).join(' ').replaceAll(/[$"`]/g, '')}]"`,
  )
  const maestro = `maestro() { '${process.execPath}' '${builtProgram}' "$@"; }`
  const text = [maestro, ...told]
    .join('\n')
    .replaceAll('http://127.0.0.1:3000', url)
    .replaceAll('~/.maestro/data', dataDir)
  const options = { env: environment({ dataDir }), ...(cwd === undefined ? {} : { cwd }) }
  const { stdout } = await promisify(execFile)('bash', ['-c', text], options)
  return stdout
}

/** How each line ended, as `runAsWritten` tells: its first words, and its exit code. */
export const endsIn = (output: string): string[] =>
  [...output.matchAll(/^\[(\d+) from (.*)\]$/gm)].map(([, code, words]) => `${words}: ${code}`)
