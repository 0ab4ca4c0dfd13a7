import type { EventRecord, Instant, SessionId, Task, TaskId, TaskStatus } from '../events/index.ts'
import { Findings } from './audit-findings.ts'
import type { AuditReport } from './audit-report.ts'
import { rebuild } from './evolve.ts'
import { mayFollow } from './lifecycle.ts'
import { clockSkewOf } from './record-time.ts'
import { isOver } from './session.ts'
import { ProjectState } from './state.ts'

export interface AuditOptions {
  /** A silence longer than this while a task is in progress is a gap, ms; an hour if not given. */
  readonly gapMs?: number
}

const defaultGapMs = 3_600_000
/** Clocks may differ by so much from one record to the next before anybody has set them, ms. */
const clockTolerance = 1_000

/** Where a task stands, and since when. */
interface Standing {
  readonly status: TaskStatus
  readonly since: { readonly offset: number; readonly at: Instant }
  readonly sessionIds: Task['sessionIds']
  /** The record that last linked or unlinked a session. */
  readonly linkedBy: number
}

interface Last {
  readonly offset: number
  readonly at: Instant
  readonly skew: number
}

/**
 * Checks the story that a log tells against how work should go. Fed with every record of a log from the first on; keeps as
 * much as there are entities, however long their timelines are.
 */
export class Audit {
  readonly #gapMs: number
  readonly #state = new ProjectState()
  readonly #tasks = new Map<TaskId, Standing>()
  /** The record that ended a session. */
  readonly #endedBy = new Map<SessionId, number>()
  readonly #findings = new Findings()
  #inProgress = 0
  #records = 0
  #from: Instant | undefined
  #last: Last | undefined

  constructor({ gapMs = defaultGapMs }: AuditOptions = {}) {
    this.#gapMs = gapMs
  }

  add(record: EventRecord): void {
    this.#lookAtTime(record)
    for (const { kind, id } of rebuild(this.#state, record)) {
      if (kind === 'task') this.#lookAtTask(id, record)
      else if (kind === 'session') this.#lookAtSession(id, record)
    }
    this.#records += 1
    this.#from ??= record.at
    this.#last = { offset: record.offset, at: record.at, skew: clockSkewOf(record) }
  }

  /** What was found so far; more records may follow. */
  report(): AuditReport {
    const findings = this.#findings.copy()
    this.#tellUnattended(findings)
    this.#tellOpenSessions(findings)
    this.#tellStillBlocked(findings)
    return {
      records: this.#records,
      ...(this.#from !== undefined && { from: this.#from }),
      ...(this.#last !== undefined && { to: this.#last.at }),
      ...findings.report(),
    }
  }

  #lookAtTime(record: EventRecord): void {
    if (this.#last === undefined) return
    const { offset, at, skew } = this.#last
    const offsets = [offset, record.offset] as const
    const silence = record.at - at
    if (this.#inProgress > 0 && silence > this.#gapMs) this.#findings.add({ kind: 'gap', ms: silence, offsets })
    const jump = clockSkewOf(record) - skew
    if (Math.abs(jump) > clockTolerance) this.#findings.add({ kind: 'clock', ms: jump, offsets })
  }

  #lookAtTask(id: TaskId, { offset, at }: EventRecord): void {
    const task = this.#state.task.get(id)?.entity
    const before = this.#tasks.get(id)
    // Nobody looks at entries here, and there may be any number of them.
    task?.timeline.splice(0)
    if (before?.status !== task?.status) {
      this.#inProgress += Number(task?.status === 'in_progress') - Number(before?.status === 'in_progress')
      if (before?.status === 'blocked') this.#endBlock(id, before, { offset, at })
    }
    if (task === undefined) {
      this.#tasks.delete(id)
      return
    }
    const { status, sessionIds } = task
    if (before !== undefined && before.status !== status && !mayFollow[before.status].includes(status)) {
      const offsets = [before.since.offset, offset] as const
      this.#findings.add({ kind: 'lifecycle', taskId: id, from: before.status, to: status, at, offsets })
    }
    this.#tasks.set(id, {
      ...{ status, sessionIds },
      since: before?.status === status ? before.since : { offset, at },
      linkedBy: before?.sessionIds === sessionIds ? before.linkedBy : offset,
    })
  }

  #lookAtSession(id: SessionId, { offset }: EventRecord): void {
    const session = this.#state.session.get(id)?.entity
    session?.events.splice(0)
    if (session === undefined || !isOver(session.status)) this.#endedBy.delete(id)
    else if (!this.#endedBy.has(id)) this.#endedBy.set(id, offset)
  }

  #endBlock(taskId: TaskId, { since }: Standing, end: { readonly offset: number; readonly at: Instant }): void {
    const offsets = [since.offset, end.offset] as const
    this.#findings.add({ kind: 'blocked', taskId, ms: end.at - since.at, offsets })
  }

  #tellUnattended(findings: Findings): void {
    for (const [taskId, { status, since, sessionIds, linkedBy }] of this.#tasks) {
      const sessions = sessionIds.map((id) => this.#state.session.get(id)?.entity)
      if (status !== 'in_progress' || sessions.some((session) => session && !isOver(session.status))) continue
      const ends = sessionIds.map((id) => this.#endedBy.get(id) ?? 0)
      const alone = ends.reduce((latest, end) => Math.max(latest, end), Math.max(since.offset, linkedBy))
      findings.add({ kind: 'unattended_task', taskId, since: since.at, offsets: [since.offset, alone] })
    }
  }

  #tellOpenSessions(findings: Findings): void {
    for (const { entity, created, version } of this.#state.session.rows()) {
      const { id, status, lastActivity } = entity
      if (isOver(status)) continue
      findings.add({ kind: 'open_session', sessionId: id, status, lastActivity, offsets: [created, version] })
    }
  }

  #tellStillBlocked(findings: Findings): void {
    for (const [taskId, { status, since }] of this.#tasks) {
      if (status !== 'blocked' || this.#last === undefined) continue
      findings.add({ kind: 'blocked', taskId, ms: this.#last.at - since.at, offsets: [since.offset] })
    }
  }
}
