import { dirname } from 'node:path'
import type { File, FileSystem } from '../platform/file-system.ts'
import { type Segment, segmentAt } from './segment.ts'

export interface AppenderOptions {
  readonly fs: FileSystem
  /** The directory of the project's log. */
  readonly dir: string
  readonly segmentBytes: number
}

/** The end of a log, where it grows: the last segment, opened when there is something to write. Failures are the file system's. */
export class Appender {
  /** In order; the last one grows. */
  readonly segments: Segment[]
  readonly #options: AppenderOptions
  /** The last segment, while it is open. */
  #file: File | undefined
  /** Directories with new names in them that may not be durable yet. */
  readonly #unsynced = new Set<string>()

  constructor(options: AppenderOptions, segments: Segment[]) {
    this.#options = options
    this.segments = segments
  }

  /** Whether the next record goes into a new segment. */
  get isFull(): boolean {
    const last = this.segments.at(-1)
    return last !== undefined && last.bytes >= this.#options.segmentBytes
  }

  /** Writes behind the good part, in a new segment, for records from `base` on, if the last one is full. */
  async write(bytes: Uint8Array, base: number): Promise<void> {
    const last = this.segments.at(-1)
    if (last === undefined || this.isFull) this.#file = await this.#create(base)
    else this.#file ??= await this.#reopen(last)
    writeFully(this.#file, bytes)
  }

  /** What was written, the records from `base` on, now belongs to the good part. */
  grow(bytes: number, base: number): void {
    const last = this.segments.at(-1)
    if (last === undefined) return
    last.index.note(base, last.bytes)
    last.bytes += bytes
  }

  /** Takes back what was written behind the good part. */
  async cutBack(): Promise<void> {
    const last = this.segments.at(-1)
    if (this.#file !== undefined && last !== undefined) await shorten(this.#file, last.bytes)
  }

  /** Makes all that was written durable. A file that is not open any more was synced before it was closed. */
  async sync(): Promise<void> {
    await this.#file?.datasync()
  }

  /** Makes new segments findable after a power cut. */
  async syncNames(): Promise<void> {
    for (const dir of this.#unsynced) {
      await this.#options.fs.syncDirectory(dir)
      this.#unsynced.delete(dir)
    }
  }

  async close(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    await file?.close()
  }

  async #create(base: number): Promise<File> {
    const { fs, dir } = this.#options
    await this.close()
    await fs.makeDirectory(dir)
    if (this.segments.length === 0) this.#unsynced.add(dirname(dir))
    const segment = segmentAt(dir, base, 0)
    const file = await fs.open(segment.path, 'create')
    this.#unsynced.add(dir)
    this.segments.push(segment)
    return file
  }

  async #reopen({ path, bytes }: Segment): Promise<File> {
    const file = await this.#options.fs.open(path, 'append')
    let size: number | undefined
    try {
      size = await file.size()
    } finally {
      if (size !== bytes) await file.close()
    }
    if (size !== bytes) throw new Error(`${path} has ${size} bytes where ${bytes} were written`)
    return file
  }
}

/** Writes all of some bytes at the end of a file at once, in as many pieces as the system takes them. */
export const writeFully = (file: File, bytes: Uint8Array): void => {
  for (let rest = bytes; rest.length > 0; ) {
    const taken = file.appendSync(rest)
    if (taken === 0) throw new Error('the file system takes no more bytes and gives no reason')
    rest = rest.subarray(taken)
  }
}

/** Shortens a file for good: synced, so that a crash cannot bring the old end back behind what is written there next. */
export const shorten = async (file: File, bytes: number): Promise<void> => {
  await file.truncate(bytes)
  await file.datasync()
}
