import { dirname, join } from 'node:path'
import type { EventRecord, Position, ProjectId, SessionId } from '../../events/index.ts'
import { type Effect, nameOf, type ProjectState, type Subject } from '../../projections/index.ts'
import type { FileSystem } from '../platform/file-system.ts'
import type { Logger } from '../platform/logger.ts'
import { beginSlice, type Pace } from '../platform/pace.ts'
import { replaceFile } from '../platform/replace-file.ts'
import { systemErrorCode } from '../platform/system-error.ts'
import { Checkpoints } from './checkpoints.ts'
import type { Commit } from './commit.ts'
import { entityOf, entityPath, entityText, subjectsOf } from './entity-file.ts'

/** What entity files are made from: durable state only. */
export interface EntitySource {
  logs(): ProjectId[]
  stateOf(id: ProjectId): ProjectState | undefined
  /** Whether the log of a project takes writes. If it was damaged, say, its state is what could be read of it. */
  takesWrites(id: ProjectId): boolean
  positionOf(id: ProjectId): Position
  /** Whether the log of a project has, or had, its head at a position. */
  hasPosition(id: ProjectId, position: Position): Promise<boolean>
  project(id: ProjectId): unknown
  session(id: SessionId): unknown
}

export interface EntityFilesOptions extends Pace {
  readonly fs: FileSystem
  readonly dataDir: string
  readonly source: EntitySource
  readonly logger: Logger
}

/** Entities by their names as text, so that each stands here once however often it changes. */
type Subjects = Map<string, Subject>
const keyOf = ({ kind, id }: Subject): string => `${kind} ${id}`

/** How many files are under way at a time. */
const width = 4
/** After this many files, or characters in them, others get their turn. */
const sliceFiles = 64
const sliceLength = 1024 * 1024
/** While there are writes, how much longer than a slice the rest after it is: files wait so that requests do not. */
const restFactor = 9
/** How many characters are written meanwhile, per ms: what is written costs the disk most when the log is synced next. */
const lengthPerMs = 4 * 1024
/** How long changes gather before they are written, ms. */
const gatherFor = 50
/** How long a failed write waits before it is tried again, ms. */
const retryAfter = 5_000

/**
 * One readable file per entity, written behind the log: coalesced, so that an entity that changes often is written once;
 * by temporary file and rename, so that nobody reads half of one. They follow from the log, so nothing waits for them.
 */
export class EntityFiles {
  readonly #options: EntityFilesOptions
  readonly #checkpoints: Checkpoints
  readonly #from = new Map<ProjectId, Position>()
  /** What may differ from its file. */
  readonly #dirty = new Map<ProjectId, Subjects>()
  /** What is being written now. */
  readonly #underWay = new Map<ProjectId, Subjects>()
  readonly #directories = new Set<string>()
  readonly #closing = new AbortController()
  #writing: Promise<void> | undefined
  #busy = false

  constructor(options: EntityFilesOptions) {
    this.#options = options
    this.#checkpoints = new Checkpoints(options.fs, options.dataDir)
  }

  /** How many entities may differ from their files. */
  get lag(): number {
    let lag = 0
    for (const subjects of this.#dirty.values()) lag += subjects.size
    for (const subjects of this.#underWay.values()) lag += subjects.size
    return lag
  }

  /** Whether the file of an entity will be written, or removed, as soon as it is its turn. */
  isBehind(projectId: ProjectId, subject: Subject): boolean {
    const key = keyOf(subject)
    return [this.#dirty, this.#underWay].some((all) => all.get(projectId)?.has(key))
  }

  /** Finds out, before the logs are replayed, how far the files are. */
  async prepare(projects: readonly ProjectId[]): Promise<void> {
    for (const id of projects) this.#from.set(id, await this.#checkpoints.read(id))
  }

  /** Sees a record at start: what it deletes, the state does not know of afterwards. */
  record({ offset, projectId }: EventRecord, effects: readonly Effect[]): void {
    if (offset < (this.#from.get(projectId)?.offset ?? 0)) return
    for (const effect of effects) if (effect.op === 'delete') this.#mark(projectId, [effect])
  }

  /** An entity was deleted before the snapshot that the state was loaded from; its file may still be there. */
  gone(projectId: ProjectId, subject: Subject): void {
    this.#mark(projectId, [subject])
  }

  /**
   * After the replay: begins to write what has changed since the checkpoints, or all where a checkpoint does not fit. Where
   * a log takes no writes, the files may know more than could be read of it, and stay as they are until it is repaired.
   */
  async start(): Promise<void> {
    const { source } = this.#options
    for (const [id, from] of this.#from) {
      const state = source.stateOf(id)
      if (!source.takesWrites(id)) this.#dirty.delete(id)
      if (state === undefined || !source.takesWrites(id)) continue
      const since = (await source.hasPosition(id, from)) ? from.offset : 0
      this.#mark(id, [...subjectsOf(state, since)])
    }
    this.#from.clear()
    this.#write()
  }

  /** Entities of a project that are no more, whose files may still be there. */
  outstanding(projectId: ProjectId): Subject[] {
    const state = this.#options.source.stateOf(projectId)
    const dirty = [...(this.#dirty.get(projectId)?.values() ?? []), ...(this.#underWay.get(projectId)?.values() ?? [])]
    return dirty.filter((subject) => state === undefined || entityOf(state, subject) === undefined)
  }

  /** Takes note of what has become durable. */
  committed(commits: readonly Commit[]): void {
    this.#busy = true
    for (const { projectId, changes } of commits) this.#mark(projectId, changes)
    this.#write()
  }

  /** Says that files of a project differ from what they should show. */
  outdated(projectId: ProjectId, subjects: readonly Subject[]): void {
    this.#mark(projectId, subjects)
    this.#write()
  }

  /** Resolves when the files show all that was durable when it was called. */
  async flush(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing
  }

  /** Writes what lags without any rest; what cannot be written then is made again at the next start. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.flush()
  }

  #mark(projectId: ProjectId, subjects: readonly Subject[]): void {
    if (subjects.length === 0) return
    const dirty: Subjects = this.#dirty.get(projectId) ?? new Map()
    // Only names are kept: changes hold whole entities, also those that are no more.
    for (const subject of subjects) dirty.set(keyOf(subject), nameOf(subject))
    this.#dirty.set(projectId, dirty)
  }

  #write(): void {
    if (this.#writing === undefined && this.#dirty.size > 0) this.#writing = this.#run()
  }

  async #run(): Promise<void> {
    const { pause } = this.#options
    try {
      while (this.#dirty.size > 0) {
        await pause(gatherFor, this.#closing.signal)
        if (await this.#writeAll()) continue
        if (this.#closing.signal.aborted) return
        await pause(retryAfter, this.#closing.signal)
      }
    } finally {
      // In one go with the last look at what is dirty: whatever becomes so after that finds nobody at work.
      this.#writing = undefined
    }
  }

  /** Writes what lags of every project; false when something could not be written and still lags. */
  async #writeAll(): Promise<boolean> {
    let all = true
    for (const id of [...this.#dirty.keys()]) all = (await this.#writeProject(id)) && all
    return all
  }

  async #writeProject(projectId: ProjectId): Promise<boolean> {
    const upTo = this.#options.source.positionOf(projectId)
    const subjects: Subjects = this.#dirty.get(projectId) ?? new Map()
    const todo = [...subjects.values()]
    this.#dirty.delete(projectId)
    this.#underWay.set(projectId, subjects)
    try {
      await this.#writeFiles(projectId, todo)
      for (const dir of new Set(todo.map((subject) => dirname(entityPath(projectId, subject)))))
        await this.#syncDirectory(dir)
      await this.#checkpoints.write(projectId, upTo)
      this.#underWay.delete(projectId)
      return true
    } catch (error) {
      this.#underWay.delete(projectId)
      this.#mark(projectId, todo)
      // Somebody may have taken a directory away; the next time it is made again.
      this.#directories.clear()
      this.#options.logger.warn(
        { projectId, lag: this.lag, err: error },
        'entity files cannot be written and lag behind',
      )
      return false
    }
  }

  async #writeFiles(projectId: ProjectId, subjects: readonly Subject[]): Promise<void> {
    const waiting = subjects.values()
    for (let left = subjects.length; left > 0; ) left -= await this.#writeSlice(projectId, waiting)
  }

  /** Writes the next files, and tells how many those were. */
  async #writeSlice(projectId: ProjectId, waiting: Iterator<Subject>): Promise<number> {
    const pace = beginSlice(this.#options, this.#closing.signal)
    this.#busy = false
    let [files, length] = [0, 0]
    const lane = async (): Promise<void> => {
      while (files < sliceFiles && length < sliceLength) {
        const next = waiting.next()
        if (next.done) return
        const text = this.#textOf(projectId, next.value)
        files += 1
        // Before anything is waited for, so that no other lane begins another file when this one is long.
        length += text?.length ?? 0
        await this.#writeFile(projectId, next.value, text)
      }
    }
    // All lanes end before anything else happens to these files, also when one of them has failed.
    const ends = await Promise.allSettled(Array.from({ length: width }, lane))
    for (const end of ends) if (end.status === 'rejected') throw end.reason
    if (this.#busy) await pace.rest(restFactor, length / lengthPerMs)
    return files
  }

  #textOf(projectId: ProjectId, subject: Subject): string | undefined {
    const state = this.#options.source.stateOf(projectId)
    const entity = state && entityOf(state, subject)
    return entity && entityText(entity)
  }

  /** Writes the file of an entity, or removes it where there is no text for it. */
  async #writeFile(projectId: ProjectId, subject: Subject, text: string | undefined): Promise<void> {
    const { fs, dataDir, source } = this.#options
    const file = join(dataDir, entityPath(projectId, subject))
    // An id that a deleted session had may be taken again by one of another project: then the file is that one's.
    if (text === undefined && subject.kind === 'session' && source.session(subject.id) !== undefined) return
    if (text === undefined) return fs.remove(file)
    const directory = dirname(file)
    if (!this.#directories.has(directory)) await fs.makeDirectory(directory)
    this.#directories.add(directory)
    await replaceFile(fs, file, text, { durable: false })
  }

  /**
   * A checkpoint must not outlive the names it vouches for, nor what it says was removed come back, by this process or one
   * before it. A folder that was never made holds none.
   */
  async #syncDirectory(path: string): Promise<void> {
    const directory = join(this.#options.dataDir, path)
    try {
      await this.#options.fs.syncDirectory(directory)
    } catch (error) {
      if (this.#directories.has(directory) || systemErrorCode(error) !== 'ENOENT') throw error
    }
  }
}
