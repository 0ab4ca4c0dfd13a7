import { openSync, readSync } from 'node:fs'

const digits = Buffer.alloc(64)

/**
 * How long the main thread has had a processor, ms: unlike a clock it does not run on while other programs have their turn.
 * Where the system does not say, it is a clock.
 */
export const threadTime = (): (() => number) => {
  try {
    const file = openSync('/proc/self/schedstat', 'r')
    return () => {
      const length = readSync(file, digits, 0, digits.length, 0)
      return Number.parseInt(digits.toString('latin1', 0, length), 10) / 1e6
    }
  } catch {
    return () => performance.now()
  }
}
