import type { Digest, ProjectId } from '../../events/index.ts'
import { ProjectState, rebuild, stateHash } from '../../projections/index.ts'
import { scanChain } from '../../src/log/recovery/scan.ts'
import { beginning, type LogSource, logFilesOf } from '../support/log-files.ts'

/** What the records of a log come to. */
export interface Folded {
  readonly projectId: ProjectId
  /** How many records there are: the offset of the next one. */
  readonly head: number
  /** Of the last record. */
  readonly hash: Digest
  readonly stateHash: Digest
  readonly counts: { readonly projects: number; readonly tasks: number; readonly sessions: number }
  /** Why what comes after the head was not folded; absent when nothing does. */
  readonly stopped?: string
}

/**
 * Checks the chain of a log and folds it. Only reads: what a crash tore off stays where it is, and a server may go on
 * writing. Memory grows with what is true in the end and not with the log.
 */
export const foldLog = async (source: LogSource): Promise<Folded> => {
  const state = new ProjectState()
  const cursor = beginning()
  const stop = await scanChain(await logFilesOf(source), cursor, (record) => rebuild(state, record))
  return {
    projectId: source.projectId,
    head: cursor.head.offset,
    hash: cursor.head.hash,
    stateHash: stateHash(state, source.sha256),
    counts: { projects: state.project.size, tasks: state.task.size, sessions: state.session.size },
    ...(stop.kind === 'end' ? {} : { stopped: stop.reason }),
  }
}
