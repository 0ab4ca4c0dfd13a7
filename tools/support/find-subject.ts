import type { EventRecord } from '../../events/index.ts'
import { type Subject, subjectOf } from '../../projections/index.ts'
import { AppError } from '../../src/errors.ts'
import { readAt } from '../../src/log/lines.ts'
import { type LogFiles, withFile } from '../../src/log/segment.ts'
import { sha256 } from '../../src/platform/hash.ts'
import { nodeFileSystem as fs } from '../../src/platform/node-file-system.ts'
import { chooseProjects, readLogDirectory } from './data-directory.ts'
import { recordsWith } from './find-records.ts'
import type { LogContext } from './log-command.ts'
import { logFilesOf } from './log-files.ts'
import { openLog } from './open-log.ts'
import type { ReadOnlyLog } from './read-only-log.ts'
import { shown } from './shown.ts'
import { viewOf } from './view.ts'

/** A task, a session or a project, and the log that tells of it. */
export interface FoundSubject {
  readonly log: ReadOnlyLog
  readonly subject: Subject
}

type Context = Pick<LogContext<unknown>, 'dataDir' | 'startProgress' | 'note'>

/**
 * Finds what an id names, be it deleted, in one project or in all of them. Logs in which the id does not stand are not opened.
 * Throws NOT_FOUND, or PROJECT_QUARANTINED when it may be behind damage, and PROJECT_NOT_FOUND for a project without a log.
 */
export const findSubject = async (context: Context, id: string, project: string | undefined): Promise<FoundSubject> => {
  const { dataDir } = context
  const { projects } = await readLogDirectory(fs, dataDir)
  let damaged = false
  for (const projectId of chooseProjects(projects, project === undefined ? [] : [project], dataDir)) {
    const files = await logFilesOf({ fs, sha256, dataDir, projectId })
    if (!(await holds(files, id))) continue
    const log = await openLog(context, projectId)
    damaged ||= log.ending.kind === 'damaged'
    const subject = await subjectIn(log, id)
    if (subject !== undefined) return { log, subject }
  }
  const where = project === undefined ? `any log in ${dataDir}` : `the log of project ${project}`
  throw new AppError(
    damaged ? 'PROJECT_QUARANTINED' : 'NOT_FOUND',
    `There is no task or session ${shown(id)} in ${where}`,
  )
}

/** What an id names in one log; undefined for what was never created in it. */
export const subjectIn = async (log: ReadOnlyLog, id: string): Promise<Subject | undefined> =>
  id === log.projectId ? { kind: 'project', id: log.projectId } : createdBy(log, id)

/** Whether some bytes stand anywhere in the files. */
const holds = async ({ fs: files, segments, blockBytes }: LogFiles, text: string): Promise<boolean> => {
  const wanted = Buffer.from(text)
  for (const { path, bytes } of segments) {
    const isHere = await withFile(files, path, 'read', async (file) => {
      // Blocks overlap, so that it is found where two of them meet.
      for (let at = 0; at < bytes; at += blockBytes) {
        const block = await readAt(file, at, Math.min(blockBytes + wanted.length, bytes - at))
        if (viewOf(block).includes(wanted)) return true
      }
      return false
    })
    if (isHere) return true
  }
  return false
}

/** What a record with this id as its subject created. */
const createdBy = async (log: ReadOnlyLog, id: string): Promise<Subject | undefined> => {
  for await (const { record } of recordsWith(log, JSON.stringify(id))) {
    const subject = creates.has(record.type) ? subjectOf(record) : undefined
    if (subject?.id === id) return subject
  }
  return undefined
}

const creates: ReadonlySet<EventRecord['type']> = new Set<EventRecord['type']>([
  ...(['task:created', 'task:adopted', 'session:created', 'session:spawn_request', 'session:adopted'] as const),
])
