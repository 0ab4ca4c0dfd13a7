import { join, resolve } from 'node:path'
import { AppError } from '../errors.ts'
import type { Clock } from '../platform/clock.ts'
import { isLocked, lockFile } from '../platform/file-lock.ts'
import type { FileSystem } from '../platform/file-system.ts'
import { makeDurableDirectory } from '../platform/make-directory.ts'
import { systemErrorCode } from '../platform/system-error.ts'

/** Who has a data directory. */
interface Holder {
  readonly pid: number
  /** When it took the directory, as an ISO time. */
  readonly since: string
  /** Where it listens, once it does. */
  readonly address?: string
}

export interface DataDirectoryLock {
  /** Tells whoever comes later where this server listens. */
  announce(address: string): void
  release(): void
}

export interface LockOptions {
  readonly fs: FileSystem
  readonly clock: Clock
  /** The data directory; made if missing. */
  readonly dir: string
  readonly pid: number
}

/**
 * Makes this process the only one to use a data directory, until it releases it or ends, however it ends. What the file
 * says is for people: whether the directory is free is for the kernel to know, so neither the words of a dead holder nor
 * a process that has its number now matter. Throws AppError DATA_DIR_LOCKED, naming the holder.
 */
export const lockDataDirectory = async ({ fs, clock, dir, pid }: LockOptions): Promise<DataDirectoryLock> => {
  await makeDurableDirectory(fs, resolve(dir))
  const path = lockPath(dir)
  const file = lockFile(path)
  if (file === undefined) throw lockedBy(parseHolder(await fs.readFile(path)), dir)
  const holder: Holder = { pid, since: new Date(clock()).toISOString() }
  const write = (content: Holder): void => file.write(`${JSON.stringify(content)}\n`)
  write(holder)
  return { announce: (address) => write({ ...holder, address }), release: () => file.release() }
}

/**
 * Whether a process has a data directory at this moment. Only looks. The words of a holder do not prove that it still lives,
 * but without them there is none: it writes them as soon as it has the lock, and takes them back when it lets go.
 */
export const isDataDirectoryLocked = async (fs: FileSystem, dir: string): Promise<boolean> => {
  const path = lockPath(dir)
  try {
    return parseHolder(await fs.readFile(path)) !== undefined && isLocked(path)
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return false
    throw error
  }
}

const lockPath = (dir: string): string => join(dir, 'lock')

const lockedBy = (holder: Holder | undefined, dir: string): AppError => {
  const who = holder === undefined ? 'another process' : `process ${holder.pid}, since ${holder.since}`
  const where = holder?.address === undefined ? '' : `, which listens on ${holder.address}`
  return new AppError(
    'DATA_DIR_LOCKED',
    `The data directory ${dir} is in use by ${who}${where}. Stop that server, or choose another directory with DATA_DIR.`,
    { details: { dir, ...holder } },
  )
}

/** Undefined for a holder that has not told yet who it is. */
const parseHolder = (bytes: Uint8Array): Holder | undefined => {
  const value = parseJson(bytes)
  if (typeof value !== 'object' || value === null) return undefined
  if (!('pid' in value && typeof value.pid === 'number')) return undefined
  if (!('since' in value && typeof value.since === 'string')) return undefined
  const address = 'address' in value && typeof value.address === 'string' ? { address: value.address } : {}
  return { pid: value.pid, since: value.since, ...address }
}

const parseJson = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return undefined
  }
}
