import { cursorOf, type Digest, type Position, type ProjectId, type Sha256 } from '../../../events/index.ts'
import { type ProjectState, stateHash } from '../../../projections/index.ts'
import { MaestroError } from '../error.ts'
import type { Cursors, RecordItem, StatusItem } from '../stream/items.ts'
import { ProjectFold } from './fold.ts'
import type { MirrorEvent, MirrorListener, MirrorStatus } from './status.ts'
import { Waiting } from './waiting.ts'

export interface MirrorParts {
  /** Folds to begin with. */
  readonly load: () => Promise<ReadonlyMap<ProjectId, ProjectFold>>
  /** Of the view `records`, without a filter, with `recover`; from these cursors on, and from the start of all other logs. */
  readonly open: (cursors: Cursors) => AsyncIterable<RecordItem | StatusItem>
  readonly sha256: Sha256
  /** Ends the items. */
  readonly stop: () => void
}

/**
 * Projects as they are on the server, always current: their records are followed and folded here, by the same fold that the
 * server uses. Restarts, lost connections and replaced logs are survived; `status` and the events say what is going on.
 */
export class Mirror {
  readonly #shown = new Map<string, ProjectFold>()
  /** Folds that are still catching up. */
  readonly #hidden = new Map<string, ProjectFold>()
  readonly #errors = new Map<string, MaestroError>()
  readonly #listeners = new Set<MirrorListener>()
  readonly #waiting = new Waiting()
  readonly #parts: MirrorParts
  #status: MirrorStatus = { kind: 'catching_up' }

  /** Resolves when it has ended. Never rejects: why is in `status`. */
  readonly ended: Promise<void>

  constructor(parts: MirrorParts) {
    this.#parts = parts
    this.ended = this.#run()
  }

  get status(): MirrorStatus {
    return this.#status
  }

  /** The projects that can be looked at. A deleted project is one of them: its state is without the project itself. */
  get projectIds(): readonly string[] {
    return [...this.#shown.keys()]
  }

  /**
   * What is true in a project after the record before `positionOf`; undefined until it has caught up once. For looking at only:
   * `listTasks`, `listSessions`, `childrenOf` and the tables themselves. Entities are never written to, so keeping them is fine.
   */
  stateOf(projectId: string): ProjectState | undefined {
    return this.#shown.get(projectId)?.state
  }

  /** The position after the last record that is in the state. */
  positionOf(projectId: string): Position | undefined {
    return this.#shown.get(projectId)?.position
  }

  /** One hash for all that is true in a project. The server and every other fold of the same records have the same one. */
  stateHashOf(projectId: string): Digest | undefined {
    const state = this.stateOf(projectId)
    return state === undefined ? undefined : stateHash(state, this.#parts.sha256)
  }

  /** Why a project cannot be followed for now; undefined while it is. */
  errorOf(projectId: string): MaestroError | undefined {
    return this.#errors.get(projectId)
  }

  /** Calls `listener` with all that happens from now on. Returns how to stop. */
  subscribe(listener: MirrorListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Resolves as soon as it is live. Rejects with `MaestroError` if it ends before. */
  live(): Promise<void> {
    return this.#waiting.until(() => this.#status.kind === 'live')
  }

  /**
   * Resolves when the record at `offset` is in the state of a project: given the receipt of a write, the mirror shows what was
   * written. Rejects with `MaestroError` if it ends before.
   */
  reached(projectId: string, offset: number): Promise<void> {
    return this.#waiting.until(() => (this.positionOf(projectId)?.offset ?? 0) > offset)
  }

  /** Ends it and resolves when that is done. */
  close(): Promise<void> {
    this.#parts.stop()
    return this.ended
  }

  async #run(): Promise<void> {
    try {
      const folds = await this.#parts.load()
      for (const [id, fold] of folds) this.#show(id, fold)
      const cursors = [...folds].map(([id, { position }]): [string, string] => [id, cursorOf(position)])
      for await (const item of this.#parts.open(Object.fromEntries(cursors))) this.#take(item)
      this.#end(new MaestroError('ABORTED', 'The mirror was closed'))
    } catch (error) {
      const known = error instanceof MaestroError
      this.#end(known ? error : new MaestroError('INTERNAL_ERROR', 'The mirror cannot go on', { cause: error }))
    }
  }

  #take(item: RecordItem | StatusItem): void {
    switch (item.kind) {
      case 'connecting':
        if (item.reason !== undefined) this.#become({ kind: 'stale', reason: item.reason })
        break
      case 'following':
        this.#begin(item)
        break
      case 'record':
        this.#fold(item)
        break
      case 'caught_up':
        this.#become({ kind: 'live' })
        break
      case 'progress':
        break
      case 'reset':
        this.#hidden.set(item.projectId, new ProjectFold(Number.POSITIVE_INFINITY))
        this.#tell(item)
        this.#become({ kind: 'catching_up' })
        break
      case 'lost':
        this.#errors.set(item.projectId, item.error)
        this.#tell(item)
        break
    }
  }

  #begin({ projectId, head }: Extract<StatusItem, { kind: 'following' }>): void {
    this.#errors.delete(projectId)
    if (this.#status.kind !== 'live') this.#become({ kind: 'catching_up' })
    const hidden = this.#hidden.get(projectId) ?? (this.#shown.has(projectId) ? undefined : new ProjectFold(head))
    if (hidden === undefined) return
    hidden.expect(head)
    this.#hidden.set(projectId, hidden)
    this.#show(projectId, hidden)
  }

  #fold({ projectId, record }: RecordItem): void {
    const hidden = this.#hidden.get(projectId)
    const fold = hidden ?? this.#shown.get(projectId)
    const changes = fold?.take(record) ?? []
    if (hidden === undefined) this.#tell({ kind: 'changed', projectId, record, changes })
    else this.#show(projectId, hidden)
    this.#waiting.look()
  }

  #show(projectId: ProjectId, fold: ProjectFold): void {
    if (!fold.isShown) return
    this.#hidden.delete(projectId)
    this.#shown.set(projectId, fold)
    this.#tell({ kind: 'shown', projectId })
  }

  #become(status: MirrorStatus): void {
    if (status.kind === this.#status.kind && status.kind !== 'stale') return
    this.#status = status
    this.#tell({ kind: 'status', status })
    this.#waiting.look()
  }

  #end(error: MaestroError): void {
    this.#become({ kind: 'ended', error })
    this.#waiting.end(error)
  }

  /** A listener that throws is no concern of the mirror; its error comes up where uncaught ones do. */
  #tell(event: MirrorEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event)
      } catch (error) {
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }
}
