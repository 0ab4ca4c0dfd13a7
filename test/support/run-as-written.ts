import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** Runs what a page says, in one shell, with the server and the data of the test in place of the defaults. */
export const runAsWritten = async (blocks: readonly string[], url: string, dataDir: string): Promise<string> => {
  const script = blocks.join('\n').replaceAll('http://127.0.0.1:3000', url).replaceAll('~/.maestro/data', dataDir)
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script])
  return stdout
}
