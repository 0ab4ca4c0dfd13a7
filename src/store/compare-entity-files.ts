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
    if (state === undefined || !source.takesWrites(id) || signal.aborted) continue
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

/** An entity that is on its way to its file, or has changed since and so is on its way by now, matches or will. */
const matches = async (
  { fs, dataDir, files }: CompareOptions,
  id: ProjectId,
  state: ProjectState,
  subject: Subject,
): Promise<boolean> => {
  const before = entityOf(state, subject)
  if (before === undefined || files.isBehind(id, subject)) return true
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
const unknownFiles = async ({ fs, dataDir, source, files }: CompareOptions): Promise<string[]> => {
  const unknown: string[] = []
  /** Whether the file of something that is no more is about to be removed. */
  const isGoing = (subject: Subject): boolean => source.logs().some((id) => files.isBehind(id, subject))
  const isProject = (id: ProjectId) => source.project(id) !== undefined || isGoing({ kind: 'project', id })
  const isSession = (id: SessionId) => source.session(id) !== undefined || isGoing({ kind: 'session', id })
  const isTaskOf = (folder: string) => (id: TaskId) => {
    const project = ProjectId.safeParse(folder)
    if (!project.success) return false
    // What of a log cannot be read may well account for it.
    if (!source.takesWrites(project.data)) return true
    return source.stateOf(project.data)?.task.get(id) !== undefined || isGoing({ kind: 'task', id })
  }
  const look = async (folder: string, isKnown: (id: string) => boolean): Promise<void> => {
    for (const { name, kind } of await fs.list(join(dataDir, folder))) {
      const id = /^(.+)\.json(?:\.tmp)?$/.exec(name)?.[1]
      if (kind === 'file' && !(id !== undefined && isKnown(id))) unknown.push(join(folder, name))
    }
  }
  await look(entityFolders.project, named(ProjectId, isProject))
  await look(entityFolders.session, named(SessionId, isSession))
  for (const { name, kind } of await fs.list(join(dataDir, entityFolders.task))) {
    if (kind !== 'directory') unknown.push(join(entityFolders.task, name))
    else await look(join(entityFolders.task, name), named(TaskId, isTaskOf(name)))
  }
  return unknown
}

const named =
  <S extends z.ZodType>(schema: S, isKnown: (id: z.output<S>) => boolean) =>
  (text: string): boolean => {
    const id = schema.safeParse(text)
    return id.success && isKnown(id.data)
  }
