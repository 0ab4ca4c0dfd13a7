import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { type DomainEvent, type ProjectId, sealLine, start } from '../../events/index.ts'
import { projectDirectory, segmentName } from '../../src/log/format.ts'
import { sha256 } from '../../src/platform/hash.ts'
import { projectCreated, taskCreated, taskUpdated } from './events.ts'
import { draftOf } from './logs.ts'
import { task } from './vocabulary.ts'

/** Lines that are sealed and written in one go. */
const batch = 1000

/** So that a log is much longer than what has to be in memory at the same time. */
const words = 'What is to be done, by whom, and why. '.repeat(12)

const [a, b] = [task('a'), task('b')]

/** Two tasks that change all the time: however long that goes on, what is true in the end is as much. */
const eventAt = (offset: number): DomainEvent => {
  if (offset === 0) return projectCreated({ name: 'Long' })
  if (offset <= 2) return taskCreated(offset === 1 ? a : b, { title: `Task ${offset}` })
  return taskUpdated(offset % 2 === 0 ? a : b, {
    description: `Version ${offset} of it. ${words}`,
  })
}

/** Writes a log of so many records, each durable before the next, in one segment. Answers the hash of the last one. */
export const writeLongLog = async (dataDir: string, id: ProjectId, records: number): Promise<string> => {
  const dir = projectDirectory(dataDir, id)
  await mkdir(dir, { recursive: true })
  const file = await open(join(dir, segmentName(0)), 'wx')
  let place = start
  for (let from = 0; from < records; from += batch) {
    const lines: string[] = []
    for (let offset = from; offset < Math.min(from + batch, records); offset += 1) {
      const { text, next } = sealLine(draftOf(eventAt(offset), offset, id), place, offset, sha256)
      lines.push(text)
      place = next
    }
    await file.writeFile(lines.join(''))
  }
  await file.close()
  return place.hash
}
