import { type AuditReport, type Finding, type FindingKind, findingKinds } from './audit-report.ts'

/** How many findings of a kind are told: the first ones, and of durations the longest. */
export const findingsTold = 1000
export const durationsTold = 10

type Counts = Record<FindingKind, number>
const noCounts: Counts = { lifecycle: 0, unattended_task: 0, open_session: 0, blocked: 0, gap: 0, clock: 0 }

/** What an audit has found, in bounded memory. */
export class Findings {
  readonly #counts: Counts
  readonly #told: ReadonlyMap<FindingKind, Finding[]>

  constructor(counts: Counts = noCounts, told: ReadonlyMap<FindingKind, readonly Finding[]> = new Map()) {
    this.#counts = { ...counts }
    this.#told = new Map(findingKinds.map((kind) => [kind, [...(told.get(kind) ?? [])]]))
  }

  add(finding: Finding): void {
    const told = this.#told.get(finding.kind) ?? []
    this.#counts[finding.kind] += 1
    if (finding.kind === 'blocked' || finding.kind === 'gap') addDuration(told, finding)
    else if (told.length < findingsTold) told.push(finding)
  }

  /** The same findings, to which others can be added. */
  copy(): Findings {
    return new Findings(this.#counts, this.#told)
  }

  report(): Pick<AuditReport, 'counts' | 'findings'> {
    return { counts: this.#counts, findings: [...this.#told.values()].flat() }
  }
}

/** Puts a duration where it belongs among the longest, the longest first. */
const addDuration = (longest: Finding[], finding: Finding): void => {
  longest.push(finding)
  longest.sort((a, b) => durationOf(b) - durationOf(a))
  longest.splice(durationsTold)
}

const durationOf = (finding: Finding): number => ('ms' in finding ? finding.ms : 0)
