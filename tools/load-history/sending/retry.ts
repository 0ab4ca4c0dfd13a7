import { AppError } from '../../../src/errors.ts'
import type { Send } from './api.ts'

export interface RetryOptions {
  readonly send: Send
  readonly pause: (ms: number) => Promise<void>
  /** Told of every attempt that failed and is made again. */
  readonly onRetry: (error: AppError) => void
}

/** How often a request is tried at most. With the pauses between them, attempts go on for about half a minute. */
export const maxAttempts = 12

const firstPause = 50
const longestPause = 5_000

/** Pauses double, so that a server that starts again is found soon and one that is busy is left alone. */
const pauseAfter = (attempt: number): number => Math.min(firstPause * 2 ** (attempt - 1), longestPause)

/** Sends again what was not answered, or could not be taken on for now. The key keeps it from being done twice. */
export const persistent =
  ({ send, pause, onRetry }: RetryOptions): Send =>
  async (request, key) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await send(request, key)
      } catch (error) {
        if (attempt === maxAttempts || !isPassing(error)) throw error
        onRetry(error)
        await pause(pauseAfter(attempt))
      }
    }
  }

const isPassing = (error: unknown): error is AppError =>
  error instanceof AppError && (error.status === 503 || error.code === 'RATE_LIMITED')
