import { type FSWatcher, watch } from 'node:fs'
import { systemErrorCode } from '../../src/platform/system-error.ts'

/** Whether something may have happened in a directory. */
export type Changed = (dir: string) => boolean

/** Tells whoever waits for it that something has happened in some directories. Keeps the process alive until it is closed. */
export interface Watch {
  /** Also looks at this directory from now on. */
  add(dir: string): void
  /** Resolves when something has happened since it resolved last, or after a while in which it may have anywhere. */
  changed(): Promise<Changed>
  close(): void
}

/** Not every file system tells what happens in it, such as one on another machine. So one looks anyway, every so often, ms. */
const lookEvery = 1_000

export const createWatch = (): Watch => {
  const watchers = new Map<string, FSWatcher>()
  let happened = new Set<string>()
  let isTimeToLook = false
  let wake = (): void => {}
  const timer = setInterval(() => {
    isTimeToLook = true
    wake()
  }, lookEvery)
  const forget = (dir: string): void => {
    watchers.get(dir)?.close()
    watchers.delete(dir)
  }
  return {
    add: (dir) => {
      if (watchers.has(dir)) return
      const watcher = watchOrNot(dir, () => {
        happened.add(dir)
        wake()
      })
      if (watcher === undefined) return
      watchers.set(dir, watcher)
      watcher.on('error', () => forget(dir))
    },
    changed: async () => {
      if (!isTimeToLook && happened.size === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      const dirs = happened
      const changed: Changed = isTimeToLook ? () => true : (dir) => dirs.has(dir)
      happened = new Set()
      isTimeToLook = false
      return changed
    },
    close: () => {
      clearInterval(timer)
      for (const dir of watchers.keys()) forget(dir)
    },
  }
}

/** Undefined where the system has no watchers left, or none for this directory: then it is looked at every so often. */
const watchOrNot = (dir: string, notice: () => void): FSWatcher | undefined => {
  try {
    return watch(dir, notice)
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error
    return undefined
  }
}
