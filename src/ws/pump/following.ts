import type { ProjectId } from '../../../events/index.ts'
import type { Manner } from '../feed/manner.ts'
import { everyProject, type TypeFilter, type View } from '../protocol.ts'

/** A subscription, as it is shown to people. */
export interface Followed {
  readonly projectId: ProjectId | typeof everyProject
  readonly view: View
  readonly types?: readonly TypeFilter[]
}

/** Which projects somebody follows, and how. A subscription to one project goes before that to all. */
export class Following {
  readonly #own = new Map<ProjectId, Manner>()
  /** For all others, those created later too. */
  #rest: Manner | undefined
  /** Those that the rest is without. */
  readonly #without = new Set<ProjectId>()

  /** How many projects are followed by themselves. */
  get size(): number {
    return this.#own.size
  }

  get isEmpty(): boolean {
    return this.#own.size === 0 && this.#rest === undefined
  }

  /** Whether a project is followed by itself. */
  isOwn(projectId: ProjectId): boolean {
    return this.#own.has(projectId)
  }

  mannerOf(projectId: ProjectId): Manner | undefined {
    return this.#own.get(projectId) ?? (this.#without.has(projectId) ? undefined : this.#rest)
  }

  follow(projectId: ProjectId, manner: Manner): void {
    this.#own.set(projectId, manner)
  }

  /** Follows all that are not followed by themselves, and some that were. */
  followRest(manner: Manner, instead: Iterable<ProjectId> = []): void {
    this.#rest = manner
    this.#without.clear()
    for (const projectId of instead) this.#own.delete(projectId)
  }

  stop(projectId: ProjectId): void {
    this.#own.delete(projectId)
    if (this.#rest !== undefined) this.#without.add(projectId)
  }

  stopAll(): void {
    this.#own.clear()
    this.#without.clear()
    this.#rest = undefined
  }

  /** Those of some projects that are followed. */
  among(projects: Iterable<ProjectId>): ProjectId[] {
    if (this.#rest === undefined) return [...this.#own.keys()]
    return [...projects].filter((projectId) => this.mannerOf(projectId) !== undefined)
  }

  list(): Followed[] {
    const rest = this.#rest === undefined ? [] : [shown(everyProject, this.#rest)]
    return [...rest, ...[...this.#own].map(([projectId, manner]) => shown(projectId, manner))]
  }
}

const shown = (projectId: Followed['projectId'], { view, types }: Manner): Followed => ({
  projectId,
  view,
  ...(types !== undefined && { types }),
})
