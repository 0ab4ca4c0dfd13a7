import { type Position, type ProjectId, type RequestMark, start } from '../../events/index.ts'
import { evolve, ProjectState, rebuild, sightAfter, sightOf, subjectOf } from '../../projections/index.ts'
import type { Command, Moment } from '../commands/command.ts'
import { decide } from '../commands/decide.ts'
import { AppError } from '../errors.ts'
import type { LogStatus } from '../log/log.ts'
import type { Commit } from './commit.ts'
import type { Shared } from './dependencies.ts'
import { KeyTable, type Remembered } from './idempotency.ts'
import type { LoadVisitor } from './load-visitor.ts'
import { readRecords } from './records.ts'
import { type Answer, type Request, subjectOfCommand } from './request.ts'
import { type Capture, type KeyRow, openSnapshot, restoreRow } from './snapshot.ts'
import { type Outcome, type Slot, type Staged, stageEvent, type Tip, takeBatch } from './stage.ts'

/** How many changes of one project may wait for the disk. */
export const maxStaged = 20_000

/** What deciding came to. Everything but `staged` may only be told once what the decision saw is durable. */
type Decision =
  | { readonly kind: 'staged'; readonly staged: Staged }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'refused'; readonly error: AppError }
  /** The same request has been carried out before. */
  | { readonly kind: 'repeated'; readonly first: Remembered }
  /** The same request is being carried out. */
  | { readonly kind: 'under way' }

/**
 * One project: decide, append, apply, publish. Staged changes lie over the committed state and only `decide` sees them.
 * They become committed in order, when the log says that they are durable, or are dropped together.
 */
export class ProjectStore {
  readonly id: ProjectId
  readonly #keys = new KeyTable()
  readonly #shared: Shared
  #state = new ProjectState()
  #layer = this.#state.layer()
  /** The position after the last durable record. */
  #head: Position = start
  #committed: Tip = { offset: 0, at: 0 }
  #staged: Tip = this.#committed
  readonly #queue: Staged[] = []
  /** All that is staged, by its idempotency key where it has one. */
  readonly #keysUnderWay = new Map<string, Staged>()
  #last: Staged | undefined
  #flushing: Promise<void> | undefined

  constructor(id: ProjectId, shared: Shared) {
    this.id = id
    this.#shared = shared
  }

  /** What is durable: the only state that anybody but `decide` reads. */
  get state(): ProjectState {
    return this.#state
  }

  get head(): Position {
    return this.#head
  }

  /**
   * Rebuilds the state from the newest snapshot that fits the log and the records after it, before anybody reads it. A
   * snapshot that does not fit is thrown away.
   */
  async load(visitor: LoadVisitor): Promise<LogStatus> {
    const { snapshots, directory } = this.#shared
    let status: LogStatus | undefined
    for (const offset of await snapshots.list(this.id)) {
      status = await this.#loadFrom(offset, visitor)
      if (status !== undefined) break
      await snapshots.remove(this.id, offset)
    }
    status ??= await this.#replay(start, visitor)
    this.#layer = this.#state.layer()
    this.#staged = this.#committed
    directory.adopt(this.#state, this.id)
    return status
  }

  /** What a snapshot of now is made from. */
  capture(): Capture {
    const { at, id } = this.#committed
    const { project, task, session } = this.#state
    return {
      ...{ projectId: this.id, position: this.#head, at, id },
      project: [...project.rows()],
      tasks: [...task.rows()],
      sessions: [...session.rows()],
      keys: [...this.#keyRows('server'), ...this.#keyRows('project')],
    }
  }

  /** Whether this very request has been carried out; its entity may be gone by now. */
  remembers({ key, digest }: RequestMark): boolean {
    return this.#keys.get(key)?.digest === digest
  }

  /**
   * Carries out a command and resolves when its event is durable. Whatever else the answer is, it rests on durable state
   * only: if what `decide` saw is dropped, it decides again. Throws AppError for every refusal.
   */
  async execute(command: Command, request: Request): Promise<Answer> {
    for (;;) {
      const seen = this.#last
      const decision = this.#decide(command, request)
      if (decision.kind === 'staged') {
        const outcome = await decision.staged.outcome
        if (outcome.kind === 'committed') return appended(decision.staged, outcome.next)
        if (outcome.kind === 'refused') throw outcome.error
        continue
      }
      if (seen !== undefined && (await seen.outcome).kind !== 'committed') continue
      if (decision.kind === 'refused') throw decision.error
      if (decision.kind === 'repeated') return this.#repeat(decision.first)
      if (decision.kind === 'unchanged') {
        const sight = sightOf(this.#state, subjectOfCommand(command, this.id), this.#head.offset - 1)
        return { outcome: 'unchanged', sight, receipt: this.#head }
      }
    }
  }

  /** Resolves when nothing is staged any more. */
  async idle(): Promise<void> {
    while (this.#flushing !== undefined) await this.#flushing
  }

  async #loadFrom(offset: number, visitor: LoadVisitor): Promise<LogStatus | undefined> {
    const stored = await this.#shared.snapshots.read(this.id, offset)
    const snapshot = stored && openSnapshot(stored, this.id, offset)
    if (snapshot === undefined) return undefined
    const { header, rows } = snapshot
    this.#state = new ProjectState()
    for (const row of rows) {
      if (row.kind === 'gone') visitor.gone(this.id, row.subject)
      else if (row.kind === 'key') this.#keysOf(row.scope).add(row.mark, row.remembered)
      else restoreRow(this.#state, row)
    }
    this.#advance({ offset: offset - 1, at: header.at, id: header.id }, header)
    try {
      return await this.#replay({ offset, hash: header.hash }, visitor)
    } catch (error) {
      if (error instanceof AppError && error.code === 'HISTORY_DIVERGED') return undefined
      throw error
    }
  }

  async #replay(from: Position, visitor: LoadVisitor): Promise<LogStatus> {
    if (from.offset === 0) this.#state = new ProjectState()
    return this.#shared.log.replay(this.id, from, (record) => {
      visitor.record(record, this.#state)
      rebuild(this.#state, record)
      this.#advance(record, record)
      if (record.request !== undefined) this.#remember(record, record.request, this.#head)
    })
  }

  #decide(command: Command, request: Request): Decision {
    try {
      const known = request.mark && this.#repetition(command, request.mark)
      if (known !== undefined) return known
      this.#checkVersion(command, request.ifMatch)
      const slot = this.#nextSlot()
      const event = decide(command, this.#layer, this.#moment(slot))
      if (event === undefined) return { kind: 'unchanged' }
      if (this.#queue.length >= maxStaged) {
        throw new AppError('RATE_LIMITED', 'Too many changes of this project are waiting for the disk; try again soon')
      }
      return { kind: 'staged', staged: this.#stage(stageEvent(this.#layer, event, slot, request), slot) }
    } catch (error) {
      if (error instanceof AppError) return { kind: 'refused', error }
      throw error
    }
  }

  #repetition(command: Command, mark: RequestMark): Decision | undefined {
    const first = this.#keysOf(command.type === 'create-project' ? 'server' : 'project').get(mark.key)
    const digest = first?.digest ?? this.#keysUnderWay.get(mark.key)?.draft.request?.digest
    if (digest === undefined) return undefined
    if (digest !== mark.digest) {
      throw new AppError('IDEMPOTENCY_MISMATCH', 'This Idempotency-Key was used for another request')
    }
    return first === undefined ? { kind: 'under way' } : { kind: 'repeated', first }
  }

  #checkVersion(command: Command, wanted: Request['ifMatch']): void {
    if (wanted === undefined) return
    const { entity, version } = sightOf(this.#layer, subjectOfCommand(command, this.id), 0)
    if (entity === undefined || wanted.includes(version)) return
    throw new AppError('VERSION_CONFLICT', 'The entity has changed since the version that If-Match names', {
      details: { current: `"${version}"` },
    })
  }

  #nextSlot(): Slot {
    const { clock, nextRecordId } = this.#shared
    const at = Math.max(clock(), this.#staged.at)
    return { projectId: this.id, offset: this.#staged.offset, at, id: nextRecordId(at, this.#staged.id) }
  }

  #moment({ id, at }: Slot): Moment {
    const { machine, directory } = this.#shared
    return {
      projectId: this.id,
      recordId: id,
      now: at,
      machine,
      sessionExists: (session) => directory.projectOfSession(session) !== undefined,
    }
  }

  #stage(staged: Staged, { offset, at, id }: Slot): Staged {
    this.#shared.directory.reserve(staged.changes, this.id)
    if (staged.draft.request !== undefined) this.#keysUnderWay.set(staged.draft.request.key, staged)
    this.#staged = { offset: offset + 1, at, id }
    this.#queue.push(staged)
    this.#last = staged
    this.#flushing ??= new Promise((resolve) => {
      this.#shared.defer(() => resolve(this.#flush()))
    })
    return staged
  }

  /** The group commit loop: while one append is under way, the next batch gathers. Never more than one append at a time. */
  async #flush(): Promise<void> {
    while (this.#queue.length > 0) await this.#append(takeBatch(this.#queue))
    this.#flushing = undefined
  }

  async #append(batch: readonly Staged[]): Promise<void> {
    try {
      const drafts = batch.map(({ draft }) => draft)
      const result = await this.#shared.log.append(this.id, this.#head, drafts)
      if (result.kind === 'committed') this.#commit(batch, result.lines)
      else {
        await this.#catchUp()
        this.#drop(batch, { kind: 'overtaken' })
      }
    } catch (error) {
      this.#drop(batch, { kind: 'refused', error })
    }
  }

  #commit(batch: readonly Staged[], lines: ReadonlyArray<{ readonly text: string; readonly next: Position }>): void {
    const commits: Commit[] = []
    batch.forEach(({ record, changes, draft }, i) => {
      const line = lines[i]
      if (line === undefined) throw new Error('the log answered with fewer lines than it was given')
      commits.push({ projectId: this.id, record, changes, line: line.text, next: line.next })
      this.#layer.settle(changes, record.offset)
      if (draft.request !== undefined) {
        this.#keysUnderWay.delete(draft.request.key)
        this.#remember(record, draft.request, line.next)
      }
    })
    this.#take(commits)
    batch.forEach((staged, i) => {
      const commit = commits[i]
      if (commit !== undefined) staged.settle({ kind: 'committed', next: commit.next })
    })
    if (this.#last === batch.at(-1)) this.#last = undefined
  }

  /** Makes durable commits part of the committed state and tells everybody. */
  #take(commits: readonly Commit[]): void {
    for (const commit of commits) {
      this.#state.apply(commit.changes, commit.record.offset)
      this.#shared.directory.commit(commit.changes, this.id)
      this.#shared.recent.add(commit)
      this.#advance(commit.record, commit.next)
    }
    this.#shared.publish(commits)
  }

  /** Takes in what somebody else appended to the log. */
  async #catchUp(): Promise<void> {
    const { log, sha256 } = this.#shared
    for await (const { record, line, next } of readRecords(log, sha256, this.id, this.#head.offset)) {
      const changes = evolve(this.#state, record)
      if (record.request !== undefined) this.#remember(record, record.request, next)
      this.#take([{ projectId: this.id, record, changes, line, next }])
    }
  }

  /** Later changes were decided on top of earlier ones, so all that is staged goes together. */
  #drop(batch: readonly Staged[], outcome: Outcome): void {
    const dropped = [...batch, ...this.#queue.splice(0)]
    this.#layer = this.#state.layer()
    this.#staged = this.#committed
    this.#last = undefined
    this.#keysUnderWay.clear()
    for (const { changes } of dropped) this.#shared.directory.release(changes)
    for (const { settle } of dropped) settle(outcome)
  }

  #advance(
    { offset, at, id }: Pick<Slot, 'offset' | 'at' | 'id'>,
    { hash }: { readonly hash: Position['hash'] },
  ): void {
    this.#head = { offset: offset + 1, hash }
    this.#committed = { offset: offset + 1, at, id }
  }

  #remember(record: Commit['record'], mark: RequestMark, next: Position): void {
    this.#keysOf(record.type === 'project:created' ? 'server' : 'project').add(mark, {
      projectId: this.id,
      subject: subjectOf(record),
      offset: record.offset,
      next,
    })
  }

  #keyRows(scope: KeyRow['scope']): KeyRow[] {
    return [...this.#keysOf(scope).entries()]
      .filter(([, { projectId }]) => projectId === this.id)
      .map(([mark, remembered]) => ({ kind: 'key', scope, mark, remembered }))
  }

  #keysOf(scope: KeyRow['scope']): KeyTable {
    return scope === 'server' ? this.#shared.creationKeys : this.#keys
  }

  /** The answer of then: the entity as it is, where it has not changed since, else folded anew from the log. */
  async #repeat({ projectId, subject, offset, next }: Remembered): Promise<Answer> {
    const now = sightOf(this.#state, subject, -1)
    const sight =
      now.version === offset
        ? now
        : sightOf(await this.#shared.history.stateBefore(projectId, next.offset), subject, offset)
    return { outcome: 'replayed', sight, receipt: next }
  }
}

const appended = ({ record, changes }: Staged, next: Position): Answer => {
  const { kind, id } = subjectOf(record)
  const change = changes.find((one) => one.kind === kind && one.id === id)
  if (change === undefined) throw new Error(`the event ${record.type} did not change what it is about`)
  return { outcome: 'appended', sight: sightAfter(change, record.offset), receipt: next }
}
