import { type Digest, type ProjectId, type Sha256, start } from '../../events/index.ts'
import { ProjectState, rebuild, stateHash } from '../../projections/index.ts'
import { defaultBlockBytes, projectDirectory } from '../../src/log/format.ts'
import { type Cursor, scanChain } from '../../src/log/recovery/scan.ts'
import { listSegments } from '../../src/log/segment.ts'
import type { FileSystem } from '../../src/platform/file-system.ts'

export interface FoldOptions {
  readonly fs: FileSystem
  readonly sha256: Sha256
  readonly dataDir: string
  readonly projectId: ProjectId
}

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
export const foldLog = async ({ fs, sha256, dataDir, projectId }: FoldOptions): Promise<Folded> => {
  const dir = projectDirectory(dataDir, projectId)
  const files = { fs, sha256, projectId, dir, segments: await listSegments(fs, dir), blockBytes: defaultBlockBytes }
  const state = new ProjectState()
  const cursor: Cursor = { segment: 0, byte: 0, head: { ...start, at: 0 } }
  const stop = await scanChain(files, cursor, (record) => rebuild(state, record))
  return {
    projectId,
    head: cursor.head.offset,
    hash: cursor.head.hash,
    stateHash: stateHash(state, sha256),
    counts: { projects: state.project.size, tasks: state.task.size, sessions: state.session.size },
    ...(stop.kind === 'end' ? {} : { stopped: stop.reason }),
  }
}
