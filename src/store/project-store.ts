import { misplaced, type Position, type ProjectId, type RequestMark } from '../../events/index.ts'
import { evolve, type ProjectState, type Sight, sightOf } from '../../projections/index.ts'
import type { Command, Moment } from '../commands/command.ts'
import { decide } from '../commands/decide.ts'
import { AppError, toAppError } from '../errors.ts'
import type { AppendResult, CommittedLine } from '../log/log.ts'
import { refusalByStatus } from '../log/refusals.ts'
import { appended } from './answers.ts'
import type { Commit } from './commit.ts'
import type { Committed, Standing } from './committed.ts'
import type { Shared } from './dependencies.ts'
import type { Remembered } from './idempotency.ts'
import { readRecords } from './records.ts'
import { type Answer, type Request, subjectOfCommand } from './request.ts'
import { type Dropped, type Outcome, type Slot, type Staged, stageEvent, type Tip, takeBatch } from './stage.ts'

/** How many changes of one project may wait for the disk. */
export const maxStaged = 20_000

/** What deciding came to. Everything but `staged` may only be told once what the decision saw is durable. */
type Decision =
  | { readonly kind: 'staged'; readonly staged: Staged }
  /** Nothing was to be done to an entity, which is so. */
  | { readonly kind: 'unchanged'; readonly sight: Sight }
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
  readonly #committed: Committed
  readonly #shared: Shared
  #layer: ProjectState
  #staged: Tip
  readonly #queue: Staged[] = []
  /** All that is staged, by its idempotency key where it has one. */
  readonly #keysUnderWay = new Map<string, Staged>()
  #last: Staged | undefined
  #flushing: Promise<void> | undefined
  /** Why the log has not taken what it was last given. */
  #trouble: AppError | undefined

  constructor(committed: Committed, shared: Shared) {
    this.#committed = committed
    this.#shared = shared
    this.#layer = committed.state.layer()
    this.#staged = committed.tip
  }

  get id(): ProjectId {
    return this.#committed.projectId
  }

  /** What is durable: the only state that anybody but `decide` reads. */
  get state(): ProjectState {
    return this.#committed.state
  }

  /** All that is durable, to look at. */
  get standing(): Standing {
    return this.#committed
  }

  /** The position after the last durable record. */
  get head(): Position {
    return this.#committed.head
  }

  /** How many records are decided and not durable yet. */
  get staged(): number {
    return this.#staged.offset - this.head.offset
  }

  /** What keeps the project from being written, as of the last try; undefined when that went well. */
  get trouble(): AppError | undefined {
    return this.#trouble
  }

  /** Whether this very request has been carried out; its entity may be gone by now. */
  remembers({ key, digest }: RequestMark): boolean {
    return this.#committed.keys.get(key)?.digest === digest
  }

  /**
   * Carries out a command and resolves when its event is durable. Whatever else the answer is, it rests on durable state
   * only: if what `decide` saw is dropped, it decides again. Throws AppError for every refusal.
   */
  async execute(command: Command, request: Request): Promise<Answer> {
    for (;;) {
      this.#refuseUnlessWritable()
      const seen = this.#seenBy(command)
      const decision = this.#decide(command, request)
      if (decision.kind === 'staged') {
        const outcome = await decision.staged.outcome
        if (outcome.kind === 'committed') return appended(decision.staged, outcome.next)
        if (outcome.kind === 'refused') throw outcome.error
        continue
      }
      const basis = await seen
      if (basis.kind !== 'committed') continue
      if (decision.kind === 'refused') throw decision.error
      if (decision.kind === 'repeated') return this.#repeat(decision.first)
      if (decision.kind === 'unchanged') return { outcome: 'unchanged', sight: decision.sight, receipt: basis.next }
    }
  }

  /** Resolves when nothing is staged any more. */
  async idle(): Promise<void> {
    while (this.#flushing !== undefined) await this.#flushing
  }

  /** Said at once and before anything is decided: it rests on no state, and whoever is too busy has no time to spare. */
  #refuseUnlessWritable(): void {
    const status = this.#shared.log.status(this.id)
    if (status.kind !== 'open') throw refusalByStatus(this.id, status)
    if (this.#queue.length < maxStaged) return
    throw new AppError('RATE_LIMITED', 'Too many changes of this project are waiting for the disk; try again soon')
  }

  /** What must be durable before anything may be told of a decision that is made now. */
  #seenBy(command: Command): Outcome | Promise<Outcome> {
    const own: Outcome | Promise<Outcome> = this.#last?.outcome ?? { kind: 'committed', next: this.head }
    if (command.type !== 'create-session' || command.sessionId === undefined) return own
    const claim = this.#shared.directory.claimOn(command.sessionId)
    return claim === undefined || claim.projectId === this.id ? own : both(own, claim.outcome)
  }

  #decide(command: Command, request: Request): Decision {
    try {
      const known = request.mark && this.#repetition(command, request.mark)
      if (known !== undefined) return known
      this.#checkVersion(command, request.ifMatch)
      const slot = this.#nextSlot()
      const event = decide(command, this.#layer, this.#moment(slot))
      if (event === undefined) {
        return { kind: 'unchanged', sight: sightOf(this.#layer, subjectOfCommand(command, this.id), slot.offset - 1) }
      }
      return { kind: 'staged', staged: this.#stage(stageEvent(this.#layer, event, slot, request), slot) }
    } catch (error) {
      if (error instanceof AppError) return { kind: 'refused', error }
      throw error
    }
  }

  #repetition(command: Command, mark: RequestMark): Decision | undefined {
    const keys = command.type === 'create-project' ? this.#shared.creationKeys : this.#committed.keys
    const first = keys.get(mark.key)
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
    this.#shared.directory.reserve(staged.changes, this.id, staged.outcome)
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
    const result = await this.#write(batch)
    // Outside of any catching: what is durable and cannot be applied must end the server, not be told as a refusal.
    this.#trouble = result.kind === 'refused' ? toAppError(result.error) : undefined
    if (result.kind === 'committed') this.#commit(batch, result.lines)
    else this.#drop(batch, result)
  }

  async #write(batch: readonly Staged[]): Promise<Extract<AppendResult, { kind: 'committed' }> | Dropped> {
    try {
      const drafts = batch.map(({ draft }) => draft)
      const result = await this.#shared.log.append(this.id, this.head, drafts)
      if (result.kind === 'committed') return result
      await this.#catchUp(result.head)
      return { kind: 'overtaken' }
    } catch (error) {
      return { kind: 'refused', error }
    }
  }

  #commit(batch: readonly Staged[], lines: readonly CommittedLine[]): void {
    const commits = batch.map(({ record, changes, draft }, i): Commit => {
      const line = lines[i]
      if (line === undefined) throw new Error('the log answered with fewer lines than it was given')
      if (draft.request !== undefined) this.#keysUnderWay.delete(draft.request.key)
      this.#layer.settle(changes, record.offset)
      return { projectId: this.id, record, changes, line: line.text, next: line.next }
    })
    commits.forEach((commit, i) => {
      this.#take(commit, batch[i]?.draft.request)
    })
    this.#shared.publish(commits)
    batch.forEach(({ settle }, i) => {
      const commit = commits[i]
      if (commit !== undefined) settle({ kind: 'committed', next: commit.next })
    })
    if (this.#last === batch.at(-1)) this.#last = undefined
  }

  /** Makes a durable commit part of the committed state. */
  #take(commit: Commit, mark: RequestMark | undefined): void {
    const { directory, recent, creationKeys } = this.#shared
    this.#committed.apply(commit, mark)
    directory.commit(commit.changes, this.id)
    recent.add(commit)
    const { creation } = this.#committed
    if (creation !== undefined && commit.record.offset === 0) creationKeys.add(...creation)
  }

  /** Takes in what somebody else appended to the log, which must go on from where this server is. */
  async #catchUp(head: Position): Promise<void> {
    const { log, sha256, publish } = this.#shared
    if (head.offset <= this.head.offset) throw this.#diverged()
    for await (const { record, line, next } of readRecords(log, sha256, this.id, this.head.offset)) {
      if (misplaced(record, this.head) !== undefined) throw this.#diverged()
      const commit = { projectId: this.id, record, changes: evolve(this.state, record), line, next }
      this.#take(commit, record.request)
      publish([commit])
    }
  }

  #diverged(): AppError {
    return new AppError('LOG_UNAVAILABLE', `The log of project ${this.id} is not the one that this server has read`)
  }

  /** Later changes were decided on top of earlier ones, so all that is staged goes together. */
  #drop(batch: readonly Staged[], outcome: Dropped): void {
    const dropped = [...batch, ...this.#queue.splice(0)]
    this.#layer = this.state.layer()
    this.#staged = this.#committed.tip
    this.#last = undefined
    this.#keysUnderWay.clear()
    for (const { changes } of dropped) this.#shared.directory.release(changes)
    for (const { settle } of dropped) settle(outcome)
  }

  /** The answer of then: the entity as it is, where it has not changed since, else folded anew from the log. */
  async #repeat({ projectId, subject, offset, next }: Remembered): Promise<Answer> {
    const now = sightOf(this.state, subject, -1)
    const sight =
      now.version === offset
        ? now
        : sightOf(await this.#shared.history.stateBefore(projectId, next.offset), subject, offset)
    return { outcome: 'replayed', sight, receipt: next }
  }
}

/** Committed when both are. */
const both = async (own: Outcome | Promise<Outcome>, claim: Promise<Outcome>): Promise<Outcome> => {
  const outcome = await claim
  return outcome.kind === 'committed' ? own : outcome
}
