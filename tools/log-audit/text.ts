import { type AuditReport, type Finding, type FindingKind, findingKinds } from '../../projections/history.ts'
import { called, type Scene } from '../story/names.ts'
import { spanWords } from '../story/spans.ts'
import { counted, grouped } from '../support/numbers.ts'
import { timeText } from '../support/shown.ts'
import type { Colour, Paint } from '../support/style.ts'
import { type Cell, type Column, table } from '../support/table.ts'

const columns: readonly Column[] = [{ title: 'FINDING' }, { title: 'RECORDS' }, { title: 'WHAT' }]

const titles: Readonly<Record<FindingKind, { readonly text: string; readonly colour: Colour | undefined }>> = {
  lifecycle: { text: 'lifecycle', colour: 'yellow' },
  unattended_task: { text: 'unattended task', colour: 'yellow' },
  open_session: { text: 'open session', colour: 'yellow' },
  blocked: { text: 'blocked', colour: undefined },
  gap: { text: 'gap', colour: undefined },
  clock: { text: 'clock', colour: 'red' },
}

/** How many of a kind are shown, unless somebody wants to see all of them. */
const usuallyShown = 10

export interface AuditTextOptions {
  /** Knows the names of tasks and sessions. */
  readonly scene: Scene
  readonly all: boolean
  readonly paint: Paint
}

/** The findings as a table, and how many there are of each kind. */
export const auditLines = ({ records, counts, findings }: AuditReport, options: AuditTextOptions): string[] => {
  const { scene, all, paint } = options
  const shown = all ? findings : findingKinds.flatMap((kind) => findings.filter(isOf(kind)).slice(0, usuallyShown))
  const rows = shown.map((finding): Cell[] => [
    titles[finding.kind],
    [...new Set(finding.offsets)].map(grouped).join(' to '),
    wordsOf(finding, scene),
  ])
  const found = findingKinds.filter((kind) => counts[kind] > 0)
  if (found.length === 0) return [`${counted(records, 'record')}: nothing found.`]
  const total = found.reduce((sum, kind) => sum + counts[kind], 0)
  const words = found.map((kind) => `${titles[kind].text} ${grouped(counts[kind])}`).join(', ')
  return [
    ...table(columns, rows, paint),
    '',
    `${counted(records, 'record')}: ${words}.`,
    ...unshown(total, shown.length, all),
  ]
}

const isOf =
  (kind: FindingKind) =>
  (finding: Finding): boolean =>
    finding.kind === kind

/** The report itself tells only so many of each kind. */
const unshown = (total: number, shown: number, all: boolean): string[] => {
  if (shown === total) return []
  return [
    `Shown are ${grouped(shown)} of them, the longest or the first of each kind.${all ? '' : ' --all shows more.'}`,
  ]
}

const wordsOf = (finding: Finding, scene: Scene): string => {
  switch (finding.kind) {
    case 'lifecycle':
      return `${called(finding.taskId, scene)} went from ${finding.from} to ${finding.to}`
    case 'unattended_task':
      return `${called(finding.taskId, scene)} is in progress since ${timeText(finding.since)}, and no session has it`
    case 'open_session':
      return `session ${called(finding.sessionId, scene)} is ${finding.status}, last active ${timeText(finding.lastActivity)}`
    case 'blocked':
      return finding.offsets.length === 1
        ? `${called(finding.taskId, scene)} is blocked for ${spanWords(finding.ms)} now`
        : `${called(finding.taskId, scene)} was blocked for ${spanWords(finding.ms)}`
    case 'gap':
      return `nothing happened for ${spanWords(finding.ms)}, with tasks in progress`
    case 'clock':
      return `the clock was set ${finding.ms > 0 ? 'forward' : 'back'} by ${spanWords(Math.abs(finding.ms))}`
  }
}
