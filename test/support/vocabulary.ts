import {
  type EntryId,
  entryIdOf,
  type Instant,
  ProjectId,
  RecordId,
  SessionId,
  SubtaskId,
  sessionIdOf,
  subtaskIdOf,
  TaskId,
  taskIdOf,
} from '../../events/index.ts'

/** The ids and times that domain tests talk about. */
export const projectId = ProjectId.parse('proj_p')
export const task = (name: string): TaskId => TaskId.parse(`task_${name}`)
export const session = (name: string): SessionId => SessionId.parse(`sess_${name}`)
export const subtask = (name: string): SubtaskId => SubtaskId.parse(`subtask_${name}`)

export const machine = { hostname: 'here', platform: 'linux' }

/** The id and the time of the record at an offset. Records are a second apart. */
export const recordIdAt = (offset: number): RecordId => RecordId.parse(String(offset).padStart(26, '0'))
export const timeAt = (offset: number): Instant => 1_700_000_000_000 + offset * 1000

/** The id and the time that the record at an offset gives to its entry or event number `index`. */
export const entryAt = (offset: number, index = 0): { id: EntryId; timestamp: Instant } => ({
  id: entryIdOf(recordIdAt(offset), timeAt(offset), index),
  timestamp: timeAt(offset),
})

/** The command under test is decided well after everything that was given. */
const later = 1000
export const now = timeAt(later)
export const nextRecordId = recordIdAt(later)
/** The ids of what the command under test creates. */
export const newTask = taskIdOf(nextRecordId, now)
export const newSubtask = subtaskIdOf(nextRecordId, now)
export const newSession = sessionIdOf(nextRecordId, now)
