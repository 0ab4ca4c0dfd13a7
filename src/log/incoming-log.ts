import { join, resolve } from 'node:path'
import type { ProjectId } from '../../events/index.ts'
import type { FileSystem } from '../platform/file-system.ts'
import { makeDurableDirectory } from '../platform/make-directory.ts'
import { Appender } from './appender.ts'
import { defaultSegmentBytes, logDirectory, projectDirectory } from './format.ts'

export interface IncomingLogOptions {
  readonly fs: FileSystem
  /** Whoever brings a log into a data directory holds its lock. */
  readonly dataDir: string
  /** Size at which a log goes on in a new segment; 64 MiB if not given. */
  readonly segmentBytes?: number
}

/** No id begins with a dot, so whoever looks for logs passes this directory by. */
const aside = '.incoming'

/**
 * A log that comes from elsewhere, whole. It is put together aside and gets its name when all of it is on the disk: whenever
 * this is interrupted, the log is there or it is not, and what is left over goes with the next one.
 */
export class IncomingLog {
  readonly #options: IncomingLogOptions
  readonly #logs: string
  readonly #aside: string
  readonly #appender: Appender

  private constructor(options: IncomingLogOptions) {
    const { fs, dataDir, segmentBytes = defaultSegmentBytes } = options
    this.#options = options
    this.#logs = resolve(logDirectory(dataDir))
    this.#aside = join(this.#logs, aside)
    this.#appender = new Appender({ fs, dir: this.#aside, segmentBytes }, [])
  }

  /** Makes room for a log. */
  static async begin(options: IncomingLogOptions): Promise<IncomingLog> {
    const log = new IncomingLog(options)
    await makeDurableDirectory(options.fs, log.#logs)
    await log.discard()
    return log
  }

  /** Takes the next lines, of which the first is the record at `base`. Whether they belong there is for the caller to know. */
  async append(lines: Uint8Array, base: number): Promise<void> {
    // All before a segment is durable when the segment is made.
    if (this.#appender.isFull) await this.#appender.sync()
    await this.#appender.write(lines, base)
    this.#appender.grow(lines.length, base)
  }

  /** Makes it the log of a project that has none. */
  async settle(projectId: ProjectId): Promise<void> {
    const { fs, dataDir } = this.#options
    await this.#appender.sync()
    await this.#appender.syncNames()
    await this.#appender.close()
    await fs.rename(this.#aside, projectDirectory(dataDir, projectId))
    await fs.syncDirectory(this.#logs)
  }

  /** Takes back all of it. */
  async discard(): Promise<void> {
    await this.#appender.close()
    await this.#options.fs.removeTree(this.#aside)
  }
}
