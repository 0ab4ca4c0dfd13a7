import type { ProjectId } from '../../events/index.ts'
import type { Pause } from '../platform/timers.ts'
import type { Moves } from '../store/moves.ts'

export interface Awaited {
  readonly projectId: ProjectId
  /** Offset of the record that is waited for. */
  readonly offset: number
  /** For how long at most. */
  readonly ms: number
  readonly signal: AbortSignal
}

/** Resolves when there is such a record, when the time is up, or when the signal aborts. */
export const movedWithin = async (
  moves: Moves,
  pause: Pause,
  { projectId, offset, ms, signal }: Awaited,
): Promise<void> => {
  const over = new AbortController()
  const stop = (): void => over.abort()
  signal.addEventListener('abort', stop)
  if (signal.aborted) stop()
  try {
    await Promise.race([moves.beyond(projectId, offset, over.signal), pause(ms, over.signal)])
  } finally {
    stop()
    signal.removeEventListener('abort', stop)
  }
}
