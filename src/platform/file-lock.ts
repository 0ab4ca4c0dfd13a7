import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { tryLock } from 'fs-native-extensions'

/** A file that this process, and within it only this object, has locked. */
export interface LockedFile {
  /** Replaces the content. In place: a lock belongs to the file, and a renamed one would be another. */
  write(text: string): void
  /** Empties the file and lets go of it. */
  release(): void
}

/**
 * Locks a file, made if missing; undefined when somebody else has it. The kernel lets go of the lock when the last
 * descriptor is closed, which the end of a process does however it comes, and the content plays no part in it. Held by a
 * bare descriptor, because a `FileHandle` that nobody refers to any more is closed by the garbage collector.
 */
export const lockFile = (path: string): LockedFile | undefined => {
  const fd = openSync(path, 'a+')
  let locked = false
  try {
    locked = tryLock(fd)
  } finally {
    if (!locked) closeSync(fd)
  }
  if (!locked) return undefined
  return {
    write: (text) => {
      ftruncateSync(fd)
      writeSync(fd, text)
    },
    release: () => {
      ftruncateSync(fd)
      closeSync(fd)
    },
  }
}

/**
 * Whether somebody has a file locked. Changes nothing. There is no asking for a lock without taking it, so a shared one is
 * taken for a moment, in which nobody else can lock the file: only to be asked where somebody probably has.
 */
export const isLocked = (path: string): boolean => {
  const fd = openSync(path, 'r')
  try {
    return !tryLock(fd, { shared: true })
  } finally {
    closeSync(fd)
  }
}
