import { type FSWatcher, watch } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { systemErrorCode } from '../../src/platform/system-error.ts'

/** Tells whoever waits for it that something has happened in some directories. */
export interface Watch {
  /** Also looks at this directory from now on. */
  add(dir: string): void
  /** Resolves when something has happened since it resolved last, or after a while in which it may have. */
  changed(): Promise<void>
  close(): void
}

/** Not every file system tells what happens in it, such as one on another machine. So one looks anyway, every so often, ms. */
const lookEvery = 1_000

export const createWatch = (): Watch => {
  const watchers = new Map<string, FSWatcher>()
  let happened = false
  let wake = (): void => {}
  const notice = (): void => {
    happened = true
    wake()
  }
  const forget = (dir: string): void => {
    watchers.get(dir)?.close()
    watchers.delete(dir)
  }
  return {
    add: (dir) => {
      if (watchers.has(dir)) return
      const watcher = watchOrNot(dir, notice)
      if (watcher === undefined) return
      watchers.set(dir, watcher)
      watcher.on('error', () => forget(dir))
    },
    changed: async () => {
      const looking = new AbortController()
      if (!happened) {
        const told = new Promise<void>((resolve) => {
          wake = resolve
        })
        await Promise.race([told, wait(lookEvery, undefined, { signal: looking.signal }).catch(() => {})])
      }
      looking.abort()
      happened = false
    },
    close: () => {
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
