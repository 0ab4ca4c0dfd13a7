import { createContext, Script } from 'node:vm'

/** Runs something, and stops it when it takes longer than so many ms: then it answers undefined. */
export type WithinTime = <T>(ms: number, run: () => T) => T | undefined

/**
 * Stops what runs here and now, be it in the middle of a loop that nobody foresaw. The script is a constant: what it calls is
 * handed to it. It costs a tenth of a millisecond, so whoever has many small things to run, runs some of them at a time.
 */
export const withinTime: WithinTime = (ms, run) => {
  const results: ReturnType<typeof run>[] = []
  const call = (): void => void results.push(run())
  try {
    new Script('call()').runInContext(createContext({ call }), { timeout: ms })
  } catch (error) {
    if (!isTimeout(error)) throw error
  }
  return results[0]
}

/** It comes from the other context, whose errors are instances of classes of its own. */
const isTimeout = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
