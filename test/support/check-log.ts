import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { blockUnder } from './doc-blocks.ts'

/** Runs the check that the page on the format shows over the segments of a log, and tells what it said and how it ended. */
export const checkLog = async (
  segments: readonly string[],
  scratch: string,
): Promise<{ code: number; stdout: string }> => {
  const script = join(scratch, 'check-log.sh')
  const page = await readFile(new URL('../../docs/LOG_FORMAT.md', import.meta.url), 'utf8')
  await writeFile(script, blockUnder(page, 'Checking a log with sed and sha256sum', 'sh'))
  return promisify(execFile)('sh', [script, ...segments]).then(
    ({ stdout }) => ({ code: 0, stdout }),
    ({ code, stdout }: { code: number; stdout: string }) => ({ code, stdout }),
  )
}
