import type { ProjectId } from '../../events/index.ts'
import { ProjectState } from '../../projections/index.ts'
import { appendixLength } from './appendix.ts'

/** How much all states of the past that are kept may weigh together, bytes. */
export const waypointBytes = 128 * 1024 * 1024

/** So many lie over one another at most: whoever looks something up may have to ask each. */
const mostInTrail = 24

/** What was true before the record at an offset. Nobody writes to it any more. */
export interface Waypoint {
  readonly offset: number
  readonly state: ProjectState
}

/** The beginning of every log. */
const beginning: Waypoint = { offset: 0, state: new ProjectState() }

/** Waypoints of one log, each a layer over the one before it; the first one lies over nothing, or over the beginning. */
interface Trail {
  readonly projectId: ProjectId
  readonly waypoints: Waypoint[]
  bytes: number
}

/**
 * States of the past that folds have passed, so that the next one to come that way does not begin at the beginning. Bounded
 * over all projects: the trail that nobody has used for longest goes first.
 */
export class Waypoints {
  /** The one that was used longest ago first. */
  readonly #trails = new Set<Trail>()
  readonly #limit: number
  #bytes = 0

  constructor(limit: number = waypointBytes) {
    this.#limit = limit
  }

  /** The last one at or before an offset. */
  nearest(projectId: ProjectId, offset: number): Waypoint {
    let nearest = beginning
    let used: Trail | undefined
    for (const trail of this.#trails) {
      if (trail.projectId !== projectId) continue
      const waypoint = trail.waypoints.findLast((one) => one.offset <= offset)
      if (waypoint === undefined || waypoint.offset <= nearest.offset) continue
      nearest = waypoint
      used = trail
    }
    if (used !== undefined) this.#use(used)
    return nearest
  }

  /**
   * Keeps a state that lies over nothing, made of so many bytes, and that nobody writes to from now on. Answers the waypoint
   * of that place: that of another fold, if one has come here first.
   */
  begin(projectId: ProjectId, waypoint: Waypoint, bytes: number): Waypoint {
    for (const { projectId: id, waypoints } of this.#trails) {
      const [first] = waypoints
      if (id === projectId && first?.offset === waypoint.offset) return first
    }
    this.#append({ projectId, waypoints: [], bytes: 0 }, waypoint, bytes)
    return waypoint
  }

  /**
   * Keeps a state that lies over the one of `below`, and that nobody writes to from now on. `bytes` is what was read on the
   * way from there. Answers the waypoint of that place: that of another fold, if one has come here first.
   */
  add(projectId: ProjectId, below: Waypoint, waypoint: Waypoint, bytes: number): Waypoint {
    const trail = this.#trailOver(projectId, below)
    if (trail === undefined) return waypoint
    const after = trail.waypoints.find(({ offset }) => offset > below.offset)
    if (after?.offset === waypoint.offset) return after
    if (after === undefined) this.#append(trail, waypoint, bytes)
    return waypoint
  }

  #trailOver(projectId: ProjectId, below: Waypoint): Trail | undefined {
    if (below === beginning) this.begin(projectId, beginning, 0)
    return [...this.#trails].find((trail) => trail.projectId === projectId && trail.waypoints.includes(below))
  }

  #append(trail: Trail, waypoint: Waypoint, bytes: number): void {
    const weight = bytes + weightOf(waypoint.state)
    trail.waypoints.push(waypoint)
    trail.bytes += weight
    this.#bytes += weight
    this.#use(trail)
    if (trail.waypoints.length > mostInTrail) this.#drop(trail)
    for (const oldest of this.#trails) {
      if (this.#bytes <= this.#limit) return
      this.#drop(oldest)
    }
  }

  #use(trail: Trail): void {
    this.#trails.delete(trail)
    this.#trails.add(trail)
  }

  #drop(trail: Trail): void {
    this.#trails.delete(trail)
    this.#bytes -= trail.bytes
  }
}

/** What a row costs beside the texts in it, and an entry in a list, bytes, roughly. */
const rowBytes = 600
const pointerBytes = 8

/** What a state holds that the one below does not. */
const weightOf = ({ project, task, session }: ProjectState): number => {
  let weight = 0
  for (const rows of [project.own(), task.own(), session.own()]) {
    for (const { entity } of rows) weight += rowBytes + pointerBytes * appendixLength(entity)
  }
  return weight
}
