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
  TaskId,
} from '../../events/index.ts'
import { projectDirectory, segmentName } from '../../src/log/format.ts'
import { sha256 } from '../../src/platform/hash.ts'

export interface SealedLogOptions {
  readonly dataDir: string
  readonly records: number
  /** What tasks are described with; it says how long a record is. */
  readonly description?: string
}

export const sealedProject = ProjectId.parse('proj_sealed')

/** Records that are sealed and written in one go. */
const batch = 1000
const began = 1_706_790_000_000

/** Writes a log of one segment, as a server would have written it record by record, in a fraction of the time. */
export const writeSealedLog = async (options: SealedLogOptions): Promise<string> => {
  const dir = projectDirectory(options.dataDir, sealedProject)
  await mkdir(dir, { recursive: true })
  const path = join(dir, segmentName(0))
  const file = await open(path, 'wx')
  let place: Position = start
  for (let from = 0; from < options.records; from += batch) {
    const lines: string[] = []
    for (let offset = from; offset < Math.min(from + batch, options.records); offset += 1) {
      const { text, next } = sealLine(draftAt(offset, options), place, offset, sha256)
      lines.push(text)
      place = next
    }
    await file.writeFile(lines.join(''))
  }
  await file.close()
  return path
}

const draftAt = (offset: number, options: SealedLogOptions): Draft => {
  const { type, data } = eventAt(offset, options)
  return {
    id: RecordId.parse(String(offset).padStart(26, '0')),
    projectId: sealedProject,
    type,
    at: began + offset,
    actor: { kind: 'session', id: `sess_${began}_${offset % 10}` },
    data: canonical(data),
  }
}

/** Of eight records, one creates a task, four report on it and three change its status. */
const eventAt = (
  offset: number,
  { description = 'Support export as JSON lines and import of them, for a workflow with git' }: SealedLogOptions,
): DomainEvent => {
  const taskId = TaskId.parse(`task_${began}_${String(offset >> 3).padStart(16, '0')}`)
  const step = offset & 7
  if (step === 0) return { type: 'task:created', data: { taskId, title: 'Add export and import', description } }
  if (step < 5) {
    const entry = { type: 'update', message: `Wrote part ${step} of the parser and its tests` } as const
    return { type: 'task:timeline_added', data: { taskId, entry } }
  }
  const status = step === 5 ? 'in_progress' : step === 6 ? 'blocked' : 'completed'
  return { type: 'task:updated', data: { taskId, changes: { status } } }
}
