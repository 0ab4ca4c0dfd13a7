import { AppError } from '../../../src/errors.ts'
import type { Request } from '../../../src/store/request.ts'
import type { ProjectCommand } from './model.ts'
import { type Answered, Refusal, type World } from './world.ts'

/** How the model says that a request ends. */
export type Ending =
  | { readonly kind: 'answered'; readonly answer: Answered }
  | { readonly kind: 'refused'; readonly refusal: Refusal }

/** What a write is refused with when there is no room. */
export const full = new AppError('INSUFFICIENT_STORAGE', 'There is no room')
export const answered = (answer: Answered): Ending => ({ kind: 'answered', answer })
export const lost: Ending = { kind: 'refused', refusal: new Refusal(full.code, undefined, full.message) }

export const isAppended = (ending: Ending | undefined): boolean =>
  ending?.kind === 'answered' && ending.answer.outcome === 'appended'

/** What comes of an attempt. */
export const endingOf = (play: () => Answered): Ending => {
  try {
    return answered(play())
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'refused', refusal: error }
    throw error
  }
}

/** Whether nothing is known of the session, else the task, that a command is about. */
export const missingIn = (
  command: ProjectCommand,
  tasks: ReadonlySet<string>,
  sessions: ReadonlySet<string>,
): Refusal | undefined => {
  if (command.type === 'create-session') return undefined
  if ('sessionId' in command) {
    return sessions.has(command.sessionId)
      ? undefined
      : new Refusal('SESSION_NOT_FOUND', undefined, 'Session not found')
  }
  if (!('taskId' in command) || tasks.has(command.taskId)) return undefined
  return new Refusal('TASK_NOT_FOUND', undefined, 'Task not found')
}

/** A repeat about what is gone: some project knows that it was done. */
export const remembered = ({ projects }: World, { mark }: Request): Answered | undefined => {
  const done = projects.map(({ keys }) => mark && keys.get(mark.key)).find((one) => one?.digest === mark?.digest)
  return done && { ...done.answer, outcome: 'replayed' }
}
