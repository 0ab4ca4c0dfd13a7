import { cp, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type EventRecord, type ProjectId, type Session, start, type Task } from '../../events/index.ts'
import { ProjectState, rebuild } from '../../projections/index.ts'
import { type AdoptOptions, adoptDataDirectory } from '../../src/adoption/adopt.ts'
import type { Adoption } from '../../src/adoption/report.ts'
import { openFileLog } from '../../src/log/file-log.ts'
import { sha256 } from '../../src/platform/hash.ts'
import type { LogFields, Logger } from '../../src/platform/logger.ts'
import { nodeFileSystem } from '../../src/platform/node-file-system.ts'
import { pause } from '../../src/platform/timers.ts'
import { fileLog } from './logs.ts'
import { scratchDirectory } from './scratch.ts'
import { now, recordIdAt } from './vocabulary.ts'

/** What a data directory of the earlier server looks like: complete entities, others that lack fields, and odd ones. */
export const oldFiles = {
  'projects/proj_1706789123456_k2j4n5l6m.json': {
    ...{ id: 'proj_1706789123456_k2j4n5l6m', name: 'Engine', workingDir: '/src/engine', description: 'Ünïcode ✓' },
    ...{ createdAt: 1706789123456, updatedAt: 1706789200000 },
  },
  'projects/proj_1706789234567_def456.json': {
    id: 'proj_1706789234567_def456',
    name: 'Site',
    createdAt: 1706789234567,
  },
  'tasks/proj_1706789123456_k2j4n5l6m/task_1706790000000_xyz789.json': {
    ...{ id: 'task_1706790000000_xyz789', projectId: 'proj_1706789123456_k2j4n5l6m', parentId: null },
    ...{ title: 'Parse', description: 'The parser', status: 'in_progress', priority: 'high', team: 'compilers' },
    ...{ sessionIds: ['sess_1706792222222_lmn678'], skillIds: ['maestro-worker'], agentIds: [], dependencies: [] },
    subtasks: [
      {
        ...{ id: 'subtask_1706790000500_a', taskId: 'task_1706790000000_xyz789', title: 'Tokens', completed: true },
        ...{ order: 0, createdAt: 1706790000500, updatedAt: 1706790000900, completedAt: 1706790000900 },
      },
    ],
    timeline: [
      { id: 'evt_1706790000000_a', type: 'created', timestamp: 1706790000000, message: 'Task created' },
      { type: 'session_started', timestamp: 1706792222222, sessionId: 'sess_1706792222222_lmn678' },
    ],
    ...{ createdAt: 1706790000000, updatedAt: 1706792222222, startedAt: 1706792222222, completedAt: null },
  },
  'tasks/proj_1706789123456_k2j4n5l6m/task_1706790111111_uvw012.json': {
    ...{ id: 'task_1706790111111_uvw012', projectId: 'proj_1706789123456_k2j4n5l6m', title: 'Print' },
    ...{ parentId: 'task_1706790000000_xyz789', status: 'todo', createdAt: 1706790111111 },
  },
  'tasks/proj_1706789234567_def456/task_1706791111111_rst345.json': {
    ...{ id: 'task_1706791111111_rst345', projectId: 'proj_1706789234567_def456', title: 'Colours', status: 'pending' },
  },
  'sessions/sess_1706792222222_lmn678.json': {
    ...{ id: 'sess_1706792222222_lmn678', projectId: 'proj_1706789123456_k2j4n5l6m', name: 'Worker' },
    taskIds: ['task_1706790000000_xyz789', 'task_1706790111111_uvw012'],
    ...{ status: 'running', env: { MAESTRO_SKILLS: 'maestro-worker' }, hostname: 'there', platform: 'darwin' },
    events: [{ id: 'evt_1706792222223_b', timestamp: 1706792222223, type: 'progress', data: { message: 'half' } }],
    ...{ startedAt: 1706792222222, lastActivity: 1706792222223, completedAt: null },
  },
} as const

/** Files beside them that nobody can adopt. */
export const badFiles = {
  'projects/.DS_Store': new Uint8Array([0, 0, 0, 1, 0xff]),
  'projects/broken.json': '{"id":"broken","na',
  'sessions/sess_1706793333333_opq901.json': { id: 'sess_1706793333333_opq901', projectId: 'gone', name: 'Nowhere' },
  'tasks/proj_1706789123456_k2j4n5l6m/empty.json': '',
  'tasks/stray.json': { id: 'stray', title: 'Stray' },
} as const

export interface Logged {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly fields: LogFields
  readonly message: string
}

/** A logger, and what it was told. */
export const rememberingLogger = (): { readonly logger: Logger; readonly lines: Logged[] } => {
  const lines: Logged[] = []
  const at = (level: Logged['level']) => (fields: LogFields, message: string) => lines.push({ level, fields, message })
  return { logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }, lines }
}

export interface Adopting {
  readonly adoption: Adoption | undefined
  readonly lines: readonly Logged[]
}

/** Adopts a directory as a server does at its start, at a known time. */
export const adopt = async (
  dataDir: string,
  { fs = nodeFileSystem }: Partial<AdoptOptions> = {},
): Promise<Adopting> => {
  const { logger, lines } = rememberingLogger()
  let records = 0
  const adoption = await adoptDataDirectory({
    ...{ fs, dataDir, logger, clock: () => now },
    nextRecordId: () => {
      records += 1
      return recordIdAt(records)
    },
    openLog: (dir) => openFileLog({ fs, sha256, pause, dir, fsync: 'always' }),
  })
  return { adoption, lines }
}

export interface Folded {
  readonly records: readonly EventRecord[]
  readonly state: ProjectState
}

/** What a server that starts on a directory makes of its logs, all of which must be sound. */
export const foldLogs = async (dataDir: string): Promise<ReadonlyMap<ProjectId, Folded>> => {
  const log = await fileLog(nodeFileSystem, dataDir)
  const folded = new Map<ProjectId, Folded>()
  try {
    for (const id of await log.list()) {
      const state = new ProjectState()
      const records: EventRecord[] = []
      const status = await log.replay(id, start, (record) => {
        records.push(record)
        rebuild(state, record)
      })
      if (status.kind !== 'open') throw new Error(`the log of ${id} is not sound: ${status.reason}`)
      folded.set(id, { records, state })
    }
  } finally {
    await log.close()
  }
  return folded
}

/** The entities of all logs, by id. */
export const entitiesOf = (logs: ReadonlyMap<ProjectId, Folded>) => {
  const states = [...logs.values()].map(({ state }) => state)
  const byId = <T extends { readonly id: string }>(rows: Iterable<{ readonly entity: T }>): [string, T][] =>
    [...rows].map(({ entity }) => [entity.id, entity])
  return {
    projects: new Map(states.flatMap(({ project }) => byId(project.rows()))),
    tasks: new Map<string, Task>(states.flatMap(({ task }) => byId(task.rows()))),
    sessions: new Map<string, Session>(states.flatMap(({ session }) => byId(session.rows()))),
  }
}

/** A copy of a directory, for one more attempt. */
export const copyOf = async (dir: string): Promise<string> => {
  const copy = await scratchDirectory()
  await cp(dir, copy, { recursive: true })
  return copy
}

/** The folders that hold copies of originals, by their full paths. */
export const keptIn = async (dataDir: string): Promise<string[]> =>
  (await readdir(dataDir)).filter((name) => name.startsWith('adopted-')).map((name) => join(dataDir, name))
