import { join } from 'node:path'
import type { z } from 'zod'
import { ProjectId, SessionId, TaskId } from '../../events/index.ts'
import type { ProjectState, Subject } from '../../projections/index.ts'
import { beginSlice } from '../platform/pace.ts'
import { entityFolders, entityOf, entityPath, entityText, subjectsOf } from './entity-file.ts'
import type { EntityFiles, EntityFilesOptions } from './entity-files.ts'

export interface CompareOptions extends EntityFilesOptions {
  readonly files: EntityFiles
  readonly signal: AbortSignal
}

export interface Comparison {
  readonly compared: number
  /** Missing or different; they are being made again. */
  readonly differing: number
  /** Files that belong to no log. They are left alone. */
  readonly unknown: readonly string[]
}

/** After this many files the comparison rests, at most three times as long as they took. */
const sliceFiles = 64
const restFactor = 3

/**
 * Compares every entity file with what it should show, in the background, once after start; those that differ are made
 * again.
 */
export const compareEntityFiles = async (options: CompareOptions): Promise<Comparison> => {
  const { source, files, logger, signal } = options
  const total = { compared: 0, differing: 0 }
  for (const id of source.logs()) {
    const state = source.stateOf(id)
    if (state === undefined || signal.aborted) continue
    const subjects = [...subjectsOf(state)]
    const differing = await differingOf(options, id, state, subjects)
    files.outdated(id, differing)
    total.compared += subjects.length
    total.differing += differing.length
  }
  const unknown = signal.aborted ? [] : await unknownFiles(options)
  if (total.differing > 0) logger.warn(total, 'entity files differed from the log and are being made again')
  if (unknown.length > 0) {
    logger.warn(
      { files: unknown.slice(0, 20), count: unknown.length },
      'entity files that belong to no log are left alone',
    )
  }
  return { ...total, unknown }
}

const differingOf = async (
  options: CompareOptions,
  id: ProjectId,
  state: ProjectState,
  subjects: readonly Subject[],
): Promise<Subject[]> => {
  const { signal } = options
  const differing: Subject[] = []
  for (let i = 0; i < subjects.length && !signal.aborted; i += sliceFiles) {
    const slice = beginSlice(options, signal)
    for (const subject of subjects.slice(i, i + sliceFiles)) {
      if (!(await matches(options, id, state, subject))) differing.push(subject)
    }
    await slice.rest(restFactor)
  }
  return differing
}

/** An entity that has changed since is on its way to its file already, and so matches or will. */
const matches = async (
  { fs, dataDir }: CompareOptions,
  id: ProjectId,
  state: ProjectState,
  subject: Subject,
): Promise<boolean> => {
  const before = entityOf(state, subject)
  if (before === undefined) return true
  const text = await readText(fs, join(dataDir, entityPath(id, subject)))
  return text === entityText(before) || entityOf(state, subject) !== before
}

const readText = async (fs: CompareOptions['fs'], path: string): Promise<string | undefined> => {
  try {
    return new TextDecoder().decode(await fs.readFile(path))
  } catch {
    // Missing or unreadable: either way it is made again, and if that fails, that is told.
    return undefined
  }
}

/** Looks through the folders for what no entity accounts for. A temporary file goes with the file it is for. */
const unknownFiles = async ({ fs, dataDir, source }: CompareOptions): Promise<string[]> => {
  const unknown: string[] = []
  const taskOf = (folder: string) => (taskId: TaskId) => {
    const projectId = ProjectId.safeParse(folder)
    return projectId.success ? source.stateOf(projectId.data)?.task.get(taskId) : undefined
  }
  const look = async (folder: string, isKnown: (id: string) => boolean): Promise<void> => {
    for (const { name, kind } of await fs.list(join(dataDir, folder))) {
      const id = /^(.+)\.json(?:\.tmp)?$/.exec(name)?.[1]
      if (kind === 'file' && !(id !== undefined && isKnown(id))) unknown.push(join(folder, name))
    }
  }
  await look(entityFolders.project, (id) => known(ProjectId, id, (projectId) => source.project(projectId)))
  await look(entityFolders.session, (id) => known(SessionId, id, (sessionId) => source.session(sessionId)))
  for (const { name, kind } of await fs.list(join(dataDir, entityFolders.task))) {
    if (kind !== 'directory') unknown.push(join(entityFolders.task, name))
    else await look(join(entityFolders.task, name), (id) => known(TaskId, id, taskOf(name)))
  }
  return unknown
}

const known = <S extends z.ZodType>(schema: S, text: string, find: (id: z.output<S>) => unknown): boolean => {
  const id = schema.safeParse(text)
  return id.success && find(id.data) !== undefined
}
