import { openLine, type Position, type ProjectId } from '../../events/index.ts'
import { ProjectState, rebuild } from '../../projections/index.ts'
import { projectDirectory } from '../../src/log/format.ts'
import { listSegments } from '../../src/log/segment.ts'
import { sha256 } from '../../src/platform/hash.ts'
import { systemErrorCode } from '../../src/platform/system-error.ts'
import { damageFound, notVerified } from '../support/exit-codes.ts'
import { recordsOfType } from '../support/find-records.ts'
import { beginning } from '../support/log-files.ts'
import { openReadOnlyLog, type ReadOnlyLog, type ReadOnlyLogOptions } from '../support/read-only-log.ts'

/** What there is to know of a log at a glance. Keeps its shape: programs read it. */
export interface ListedLog {
  readonly projectId: ProjectId
  /** The name that the project has, or had last; null when there is no record that says so. */
  readonly name: string | null
  readonly deleted: boolean
  /** As a server finds it at its start, which reads what comes after the newest snapshot. */
  readonly status: 'ok' | 'damaged' | 'newer' | 'unreadable'
  /** Why it is not ok. */
  readonly reason: string | null
  /** How many records can be read. */
  readonly records: number
  /** Of all segments. */
  readonly bytes: number
  /** Times of the first and the last record, ms since the epoch; null where there are none. */
  readonly firstAt: number | null
  readonly lastAt: number | null
  readonly head: Position
}

/** Looks at a log. Never refuses: what is wrong with it is part of the answer. */
export const listLog = async (options: ReadOnlyLogOptions): Promise<ListedLog> => {
  const { projectId } = options
  try {
    const log = await openReadOnlyLog(options)
    const { ending, head } = log
    const [status, reason] = ending.kind === 'whole' ? (['ok', null] as const) : ([ending.kind, ending.reason] as const)
    return {
      ...{ projectId, ...(await identityOf(log)), status, reason, records: head.offset, bytes: await bytesOf(options) },
      ...{ firstAt: await timeOfFirst(log), lastAt: head.offset === 0 ? null : head.at },
      head: { offset: head.offset, hash: head.hash },
    }
  } catch (error) {
    if (systemErrorCode(error) === undefined || !(error instanceof Error)) throw error
    const { offset, hash } = beginning().head
    const nothing = { name: null, deleted: false, records: 0, bytes: 0, firstAt: null, lastAt: null }
    return { projectId, ...nothing, status: 'unreadable', reason: error.message, head: { offset, hash } }
  }
}

const bytesOf = async ({ fs, dataDir, projectId }: ReadOnlyLogOptions): Promise<number> => {
  const segments = await listSegments(fs, projectDirectory(dataDir, projectId))
  return segments.reduce((sum, { bytes }) => sum + bytes, 0)
}

/** Null where there is none, or none that can be read: a server that starts from a snapshot does not notice that. */
const timeOfFirst = async (log: ReadOnlyLog): Promise<number | null> => {
  for await (const { bytes } of log.read(log.projectId, 0, 1)) {
    const opened = openLine(bytes.subarray(0, -1), sha256)
    if (opened.kind === 'record') return opened.record.at
  }
  return null
}

/** What a project is called, or was last, and whether it is no more. */
export const identityOf = async (log: ReadOnlyLog): Promise<Pick<ListedLog, 'name' | 'deleted'>> => {
  const state = new ProjectState()
  let name: string | null = null
  for await (const { record } of recordsOfType(log, 'project:')) {
    rebuild(state, record)
    name = state.project.get(log.projectId)?.entity.name ?? name
  }
  return { name, deleted: name !== null && state.project.size === 0 }
}

/** Eight when there is damage, one when something cannot be read to its end. */
export const exitCodeOf = (logs: readonly ListedLog[]): number => {
  if (logs.some(({ status }) => status === 'damaged')) return damageFound
  return logs.every(({ status }) => status === 'ok') ? 0 : notVerified
}
