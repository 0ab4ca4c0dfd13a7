import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type EventRecord, openLine } from '../../events/index.ts'
import { sha256 } from '../../src/platform/hash.ts'

/** Every record of a project, read from its segments as anybody can. */
export const recordsIn = async (dataDir: string, projectId: string): Promise<EventRecord[]> => {
  const dir = join(dataDir, 'log', projectId)
  const segments = (await readdir(dir)).filter((name) => name.endsWith('.jsonl')).sort()
  const texts = await Promise.all(segments.map((name) => readFile(join(dir, name), 'utf8')))
  const lines = texts.join('').split('\n').slice(0, -1)
  return lines.map((line) => {
    const opened = openLine(Buffer.from(line), sha256)
    if (opened.kind !== 'record') throw new Error(opened.reason)
    return opened.record
  })
}
