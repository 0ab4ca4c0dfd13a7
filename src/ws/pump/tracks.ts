import type { Position, ProjectId } from '../../../events/index.ts'
import type { Batch, Place } from '../feed/batch.ts'
import type { Manner } from '../feed/manner.ts'

/** Somebody's place in a project whose head they have not reached. */
export interface Track extends Place {
  readonly manner: Manner
  position: Position
  /** Whether it has still to be said that the project is followed. */
  isNew: boolean
}

/** Where somebody stands in all projects whose heads they have not reached. Those without a track here are at the head. */
export class Tracks {
  readonly #all = new Map<ProjectId, Track>()
  readonly #near = new Set<Track>()
  readonly #far = new Set<Track>()
  /** Offsets that the client knows of, where a filter has let nothing through since. */
  readonly #told = new Map<ProjectId, number>()

  /** Those whose next records may be in memory. */
  get near(): ReadonlySet<Track> {
    return this.#near
  }

  /** Those for which the log has to be read. */
  get far(): ReadonlySet<Track> {
    return this.#far
  }

  all(): Iterable<Track> {
    return this.#all.values()
  }

  of(projectId: ProjectId): Track | undefined {
    return this.#all.get(projectId)
  }

  /** Whether a track still counts: another one may have taken its place, or none. */
  isCurrent(track: Track): boolean {
    return this.#all.get(track.projectId) === track
  }

  add(projectId: ProjectId, position: Position, manner: Manner, isNew: boolean): Track {
    const track: Track = {
      ...{ projectId, position, manner, isNew },
      told: () => this.#told.get(projectId) ?? track.position.offset,
    }
    this.#all.set(projectId, track)
    this.#near.add(track)
    return track
  }

  /** A project is not followed any more, or anew. */
  remove(projectId: ProjectId): void {
    const track = this.#all.get(projectId)
    if (track !== undefined) this.arrived(track)
    this.#told.delete(projectId)
  }

  clear(): void {
    for (const track of this.#all.values()) this.arrived(track)
    this.#told.clear()
  }

  /** The head is reached. */
  arrived(track: Track): void {
    this.#all.delete(track.projectId)
    this.#near.delete(track)
    this.#far.delete(track)
  }

  /** What comes next is not in memory. */
  fellBehind(track: Track): void {
    this.#near.delete(track)
    this.#far.add(track)
  }

  /** What comes next may be in memory again. */
  cameNear(track: Track): void {
    if (this.#far.delete(track)) this.#near.add(track)
  }

  /** A batch has been sent. */
  advance(track: Track, { next, chunks }: Batch): void {
    const { view, types } = track.manner
    if (view === 'records' && types !== undefined) {
      if (chunks.length === 0) this.#told.set(track.projectId, track.told())
      else this.#told.delete(track.projectId)
    }
    track.position = next
  }

  /** The client has been told of every cursor. */
  told(): void {
    this.#told.clear()
  }
}
