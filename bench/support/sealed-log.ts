import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import {
  canonical,
  type DomainEvent,
  type Draft,
  type Position,
  ProjectId,
  RecordId,
  sealLine,
  start,
} from '../../events/index.ts'
import { projectDirectory, segmentName } from '../../src/log/format.ts'
import { sha256 } from '../../src/platform/hash.ts'
import { began, usualHistory } from './histories.ts'

export interface SealedLogOptions {
  readonly dataDir: string
  readonly records: number
  readonly projectId?: ProjectId
  /** What happens at each offset; if not given, what agents usually do. */
  readonly eventAt?: (offset: number) => DomainEvent
}

export const sealedProject = ProjectId.parse('proj_sealed')

/** Records that are sealed and written in one go. */
const batch = 1000

/** Writes a log of one segment, as a server would have written it record by record, in a fraction of the time. */
export const writeSealedLog = async (options: SealedLogOptions): Promise<string> => {
  const { dataDir, records, projectId = sealedProject, eventAt = usualHistory() } = options
  const dir = projectDirectory(dataDir, projectId)
  await mkdir(dir, { recursive: true })
  const path = join(dir, segmentName(0))
  const file = await open(path, 'wx')
  let place: Position = start
  for (let from = 0; from < records; from += batch) {
    const lines: string[] = []
    for (let offset = from; offset < Math.min(from + batch, records); offset += 1) {
      const { text, next } = sealLine(draftAt(offset, projectId, eventAt(offset)), place, offset, sha256)
      lines.push(text)
      place = next
    }
    await file.writeFile(lines.join(''))
  }
  await file.close()
  return path
}

const draftAt = (offset: number, projectId: ProjectId, { type, data }: DomainEvent): Draft => ({
  id: RecordId.parse(String(offset).padStart(26, '0')),
  projectId,
  type,
  at: began + offset,
  actor: { kind: 'session', id: `sess_${began}_${offset % 10}` },
  data: canonical(data),
})
