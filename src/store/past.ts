import type { Digest, EventRecord, Instant, ProjectId, Session, Task } from '../../events/index.ts'
import { findMoment, type Moment, type Present } from '../../projections/history.ts'
import { type ProjectState, type Row, stateLine } from '../../projections/index.ts'
import { AppError } from '../errors.ts'
import type { CreateHasher } from '../platform/hash.ts'
import type { Standing } from './committed.ts'
import type { Surroundings } from './dependencies.ts'
import { formerHomeOf, type Member, rowOf } from './home.ts'
import { merged } from './merged.ts'
import { inTurn, Pacer } from './pacer.ts'
import { Semaphore } from './semaphore.ts'
import type { Store } from './store.ts'

/** A moment in the past of a project: right after the record at `offset`. */
export interface Point {
  readonly projectId: ProjectId
  readonly offset: number
  /** Hash and time of that record. */
  readonly hash: Digest
  readonly at: Instant
}

export interface PastOptions extends Pick<Surroundings, 'sha256' | 'pace'> {
  readonly store: Pick<Store, 'standingOf' | 'history' | 'task' | 'session' | 'logs' | 'read'>
  readonly createHasher: CreateHasher
}

/** How many folds are under way at a time, each with a state of its own, and how many requests may wait for their turn. */
const folds = 4
const longestLine = 1000

/** What was true. Reading it never writes, and gives way to the present every few milliseconds. */
export class Past {
  readonly #options: PastOptions
  readonly #semaphore = new Semaphore(folds, longestLine)

  constructor(options: PastOptions) {
    this.#options = options
  }

  /**
   * Where a moment of a project is; the present if none is given. Throws PROJECT_NOT_FOUND, and VALIDATION_ERROR, in which the
   * moment goes by `name`, for one that is not in the log.
   */
  async find(projectId: ProjectId, moment: Moment | undefined, name: string): Promise<Point> {
    const standing = this.#options.store.standingOf(projectId)
    if (standing === undefined) throw new AppError('PROJECT_NOT_FOUND', 'Project not found')
    const last = standing.head.offset - 1
    if (last >= 0 && (moment === undefined || (moment.kind === 'offset' && moment.offset === last))) {
      return { projectId, offset: last, hash: standing.head.hash, at: standing.tip.at }
    }
    const offset = await this.#offsetOf(standing, moment ?? { kind: 'offset', offset: 0 }, name)
    const { hash, at } = await this.#recordAt(projectId, offset)
    return { projectId, offset, hash, at }
  }

  /**
   * The project that a task or a session is in, or was in before it was deleted: in one project, if that is given, else in
   * any. Undefined if there never was one.
   */
  async homeOf(member: Member, within: ProjectId | undefined, signal: AbortSignal): Promise<ProjectId | undefined> {
    const { store, sha256 } = this.#options
    const now = rowOf(store, member)?.entity.projectId
    if (now !== undefined && (within === undefined || within === now)) return now
    const projects = within === undefined ? store.logs() : [within]
    return this.inTurn(() => formerHomeOf(store, member, projects, sha256), signal)
  }

  /** Names all that an answer about a point depends on: the point itself, in this very log, and what was redacted since. */
  tagOf({ projectId, offset, hash }: Point): string {
    const redaction = this.#options.store.standingOf(projectId)?.redaction
    return `${offset}-${hash.slice(0, 16)}${redaction === undefined ? '' : `-r${redaction}`}`
  }

  /** Asks what was true at a point. The question is answered at once, and keeps nothing of the state that it is shown. */
  async ask<T>(point: Point, question: (state: ProjectState) => T, signal: AbortSignal): Promise<T> {
    const now = this.#stateNow(point)
    if (now !== undefined) return question(now)
    return this.inTurn(async () => question(await this.#stateAt(point)), signal)
  }

  /** A task or a session as it was at a point; undefined if it was not there. */
  async entityAt(point: Point, member: Member, signal: AbortSignal): Promise<Task | Session | undefined> {
    const row = rowOf(this.#options.store, member)
    const isThere = row !== undefined && row.entity.projectId === point.projectId
    // What has not changed since need not be looked for.
    if (isThere && row.version <= point.offset) return row.entity
    return this.ask(
      point,
      ({ task, session }) => (member.kind === 'task' ? task.get(member.id) : session.get(member.id))?.entity,
      signal,
    )
  }

  /** All that was true at a point, to be looked at for as long as need be. */
  async present(point: Point, signal: AbortSignal): Promise<Present> {
    const now = this.#stateNow(point)
    if (now === undefined) return this.inTurn(() => this.#stateAt(point), signal)
    return {
      project: new Map(now.project.entries()),
      task: new Map(now.task.entries()),
      session: new Map(now.session.entries()),
    }
  }

  /** The hash of all that is true: see `stateHash` of the projections. */
  stateHash({ project, session, task }: Present, signal: AbortSignal): Promise<Digest> {
    const { sha256, createHasher, pace } = this.#options
    return this.inTurn(async () => {
      const pacer = new Pacer(pace)
      const sorted: string[][] = []
      let lines: string[] = []
      const add = async (rows: Iterable<readonly [string, Row<{ readonly id: string }>]>): Promise<void> => {
        for (const [, row] of rows) {
          lines.push(stateLine(row, sha256))
          if (!pacer.isDue) continue
          sorted.push(lines.sort())
          lines = []
          await pacer.rest()
        }
      }
      for (const rows of [project, session, task]) await add(rows.entries())
      sorted.push(lines.sort())
      const hasher = createHasher()
      for (const line of merged(sorted)) {
        hasher.update(line)
        if (pacer.isDue) await pacer.rest()
      }
      return hasher.digest()
    }, signal)
  }

  /** Does what reads a lot of the past when there is a place for it. It is to rest by itself. */
  inTurn<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return this.#semaphore.pass(() => inTurn(this.#options.pace, work), signal)
  }

  /** Does a millisecond's worth of work when it is its turn. */
  piece<T>(work: () => T): Promise<T> {
    return inTurn(this.#options.pace, work)
  }

  async #offsetOf({ projectId, head, tip }: Standing, moment: Moment, name: string): Promise<number> {
    const last = head.offset - 1
    if (moment.kind === 'offset' && moment.offset <= last) return moment.offset
    const timeOf = async (offset: number): Promise<Instant> => (await this.#recordAt(projectId, offset)).at
    const span = last < 0 ? undefined : { from: await timeOf(0), last, to: tip.at }
    const found = await findMoment(moment, span, timeOf)
    if (found.kind === 'found') return found.offset
    const details = [{ path: name, reason: found.reason }]
    throw new AppError('VALIDATION_ERROR', `${name}: ${found.reason}`, { details })
  }

  async #recordAt(projectId: ProjectId, offset: number): Promise<EventRecord> {
    for await (const { record } of this.#options.store.history.recordsFrom(projectId, offset, 1)) return record
    throw new AppError('LOG_UNAVAILABLE', `The log of project ${projectId} has no record at offset ${offset}`)
  }

  /** The state of now, if that is what a point is. It goes on, so it is to be looked at before anything else happens. */
  #stateNow({ projectId, offset }: Point): ProjectState | undefined {
    const standing = this.#options.store.standingOf(projectId)
    return standing?.head.offset === offset + 1 ? standing.state : undefined
  }

  #stateAt({ projectId, offset }: Point): Promise<ProjectState> {
    return this.#options.store.history.stateBefore(projectId, offset + 1)
  }
}
