import { canonical, type ProjectId, type SessionId } from '../../../events/index.ts'
import type { Command, CreateProject, DeleteProject, UpdateProject } from '../../../src/commands/command.ts'
import { sha256 } from '../../../src/platform/hash.ts'
import type { Request } from '../../../src/store/request.ts'
import { linkTask, unlinkTask } from './links.ts'
import { addSessionEvent, createSession, deleteSession, spawnSession, updateSession } from './sessions.ts'
import { createSubtask, deleteSubtask, updateSubtask } from './subtasks.ts'
import { addTimelineEntry, createTask, deleteTask, updateTask } from './tasks.ts'
import {
  type Answered,
  type Deed,
  type Done,
  type ModelProject,
  news,
  Refusal,
  type Stamp,
  type World,
} from './world.ts'

/** Every command but the one that makes a project. */
export type ProjectCommand = Exclude<Command, CreateProject>

export interface Asked {
  /** Where it was sent, or where what it is about is. */
  readonly project: ModelProject
  readonly command: ProjectCommand
  readonly request: Request
}

/** What the model cannot know by itself. */
export interface Surroundings {
  readonly now: number
  /** The random part of the id of a record. */
  readonly randomOf: (project: ProjectId, offset: number) => string
  /** Whether a session id is taken, in any project. */
  readonly isTaken: (id: SessionId) => boolean
}

/** Carries out a command. Throws Refusal. */
export const carryOut = ({ project, command, request }: Asked, { now, randomOf, isTaken }: Surroundings): Answered => {
  const repeated = repeatOf(project.keys, request)
  if (repeated !== undefined) return repeated
  mustMatch(project, command, request)
  const deed = decide(project, command, isTaken)
  if (deed === undefined) {
    const subject = subjectOf(project, command, project.offset - 1)
    return structuredClone({ outcome: 'unchanged', receipt: project.offset, ...subject })
  }
  const stamp: Stamp = {
    at: Math.max(now, project.at),
    offset: project.offset,
    random: randomOf(project.id, project.offset),
  }
  deed(stamp)
  return answer(project, stamp, subjectOf(project, command, stamp.offset), project.keys, request)
}

/** A request whose key was used before: for the same request, the answer of then. */
export const repeatOf = (keys: ReadonlyMap<string, Done>, { mark }: Request): Answered | undefined => {
  const done = mark && keys.get(mark.key)
  if (done === undefined) return undefined
  if (done.digest !== mark?.digest) throw new Refusal('IDEMPOTENCY_MISMATCH')
  return { ...done.answer, outcome: 'replayed' }
}

/** Creates a project whose id the server has made. */
export const createProject = (
  world: World,
  id: ProjectId,
  { name, workingDir = '', description = '', lifecycle = 'open' }: CreateProject,
  request: Request,
  now: number,
): Answered => {
  const entity = { id, name, workingDir, description, lifecycle, createdAt: now, updatedAt: now }
  const project: ModelProject = {
    ...{ id, project: { entity, version: 0 }, tasks: [], sessions: [], offset: 0, at: now, keys: new Map() },
    hashes: [hashOf([])],
  }
  world.projects.push(project)
  return answer(project, { at: now, offset: 0, random: '' }, { entity, version: 0 }, world.creations, request)
}

/** Takes note that something happened, and makes the answer to who asked for it: a copy, as of now. */
const answer = (
  project: ModelProject,
  { at, offset }: Stamp,
  subject: Pick<Answered, 'entity' | 'version'>,
  keys: Map<string, Done>,
  { mark }: Request,
): Answered => {
  project.at = at
  project.offset = offset + 1
  project.hashes.push(stateHash(project))
  const answered: Answered = structuredClone({ outcome: 'appended', receipt: offset + 1, ...subject })
  if (mark !== undefined) keys.set(mark.key, { digest: mark.digest, answer: answered })
  return answered
}

const decide = (project: ModelProject, command: ProjectCommand, isTaken: Surroundings['isTaken']): Deed | undefined => {
  const owner = project.project?.entity
  if (owner === undefined) throw new Refusal('PROJECT_NOT_FOUND', undefined, 'Project not found')
  switch (command.type) {
    case 'update-project':
      return updateProject(project, command)
    case 'delete-project':
      return deleteProject(project, command)
    case 'create-task':
      return createTask(project, command)
    case 'update-task':
      return updateTask(project, command, owner)
    case 'delete-task':
      return deleteTask(project, command)
    case 'add-timeline-entry':
      return addTimelineEntry(project, command)
    case 'create-subtask':
      return createSubtask(project, command)
    case 'update-subtask':
      return updateSubtask(project, command)
    case 'delete-subtask':
      return deleteSubtask(project, command)
    case 'create-session':
      return createSession(project, command, command.sessionId !== undefined && isTaken(command.sessionId))
    case 'spawn-session':
      return spawnSession(project, command)
    case 'update-session':
      return updateSession(project, command)
    case 'add-session-event':
      return addSessionEvent(project, command)
    case 'delete-session':
      return deleteSession(project, command)
    case 'link-task':
      return linkTask(project, command.sessionId, command.taskId)
    case 'unlink-task':
      return unlinkTask(project, command.sessionId, command.taskId)
  }
}

const updateProject = ({ project }: ModelProject, command: UpdateProject): Deed | undefined => {
  if (project === undefined) return undefined
  const { type: _, ...fields } = command
  const changes = news(project.entity, fields)
  if (Object.keys(changes).length === 0) return undefined
  return ({ at, offset }) => {
    Object.assign(project.entity, changes, { updatedAt: at })
    project.version = offset
  }
}

const deleteProject = (project: ModelProject, _: DeleteProject): Deed => {
  const { tasks, sessions } = project
  const rest = tasks.length > 0 ? `${tasks.length} existing task(s)` : `${sessions.length} existing session(s)`
  if (tasks.length + sessions.length > 0) {
    throw new Refusal('PROJECT_HAS_DEPENDENCIES', undefined, `Cannot delete project with ${rest}`)
  }
  return () => {
    project.project = undefined
  }
}

/** `If-Match` names the version of what the command is about. What is not there has none. */
const mustMatch = (project: ModelProject, command: ProjectCommand, { ifMatch }: Request): void => {
  const { entity, version } = subjectOf(project, command, 0)
  if (ifMatch === undefined || entity === undefined || ifMatch.includes(version)) return
  throw new Refusal('VERSION_CONFLICT', { current: `"${version}"` })
}

/** What the answer to a command shows: the session it names, else the task, else what it made, else the project. */
const subjectOf = (
  { project, tasks, sessions }: ModelProject,
  command: ProjectCommand,
  otherwise: number,
): Pick<Answered, 'entity' | 'version'> => {
  const gone = { entity: undefined, version: otherwise }
  if (command.type === 'create-session' || command.type === 'spawn-session') return sessions.at(-1) ?? gone
  if (command.type === 'create-task') return tasks.at(-1) ?? gone
  if ('sessionId' in command) return sessions.find(({ entity }) => entity.id === command.sessionId) ?? gone
  if ('taskId' in command) return tasks.find(({ entity }) => entity.id === command.taskId) ?? gone
  return project ?? gone
}

/** The hash of a state, as the format of the log describes it. */
const stateHash = ({ project, tasks, sessions }: ModelProject): string =>
  hashOf([project, ...tasks, ...sessions].flatMap((kept) => (kept === undefined ? [] : [kept.entity])))

const hashOf = (entities: ReadonlyArray<{ readonly id: string }>): string =>
  sha256(
    entities
      .map((entity) => `${entity.id} ${sha256(canonical(entity))}\n`)
      .sort()
      .join(''),
  )
