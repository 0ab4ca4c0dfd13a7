import type { Actor, Position, ProjectId, RequestMark } from '../../events/index.ts'
import { type Sight, type Subject, subjectNamedBy } from '../../projections/index.ts'
import type { Command } from '../commands/command.ts'

/** What comes with a command: who asks, and under which conditions. */
export interface Request {
  readonly actor: Actor
  /** Makes a repeat of the request give the first one's answer. */
  readonly mark?: RequestMark | undefined
  /** The versions that the entity may have; absent when any will do. */
  readonly ifMatch?: readonly number[] | undefined
}

/** How a command ended. */
export interface Answer {
  /** `unchanged`: there was nothing to do. `replayed`: it was done before, this is the answer of then. */
  readonly outcome: 'appended' | 'unchanged' | 'replayed'
  /** The entity that the command was about, as of its event. */
  readonly sight: Sight
  /**
   * The position after the record that the answer rests on: of the event itself, or of the last durable one when there
   * was nothing to do.
   */
  readonly receipt: Position
}

/** The entity that a command is about: the one whose version `If-Match` names. */
export const subjectOfCommand = (command: Command, projectId: ProjectId): Subject => {
  switch (command.type) {
    case 'create-project':
    case 'update-project':
    case 'delete-project':
    case 'create-task':
    case 'spawn-session':
      return { kind: 'project', id: projectId }
    default:
      return subjectNamedBy(command, projectId)
  }
}
