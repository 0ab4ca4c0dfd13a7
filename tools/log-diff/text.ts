import { changesBetween } from '../../projections/history.ts'
import type { Change, ProjectState } from '../../projections/index.ts'
import { changeText, fieldChanges } from '../story/changes.ts'
import { counted, grouped } from '../support/numbers.ts'
import { plain } from '../support/shown.ts'
import type { Colour, Paint } from '../support/style.ts'

type Fate = 'created' | 'changed' | 'deleted'

const fates: Readonly<Record<Fate, { readonly mark: string; readonly colour: Colour }>> = {
  created: { mark: '+', colour: 'green' },
  changed: { mark: '~', colour: 'yellow' },
  deleted: { mark: '-', colour: 'red' },
}

/** What is different between two states of a log, entity by entity, and how much that is in all. */
export function* diffLines(before: ProjectState, after: ProjectState, paint: Paint): Generator<string> {
  const counts: Record<Fate, number> = { created: 0, changed: 0, deleted: 0 }
  for (const change of changesBetween(before, after)) {
    const lines = fieldChanges(change, { state: after })
    const fate = fateOf(change)
    if (fate === 'changed' && lines.length === 0) continue
    counts[fate] += 1
    yield entityLine(change, paint)
    if (fate === 'changed') for (const line of lines) yield `    ${paint(line.field, 'dim')} ${changeText(line)}`
  }
  const total = counts.created + counts.changed + counts.deleted
  yield total === 0
    ? 'Nothing is different.'
    : `${counted(total, 'difference')}: ${grouped(counts.created)} created, ${grouped(counts.changed)} changed, ${grouped(counts.deleted)} deleted.`
}

const fateOf = ({ before, after }: Change): Fate =>
  before === undefined ? 'created' : after === undefined ? 'deleted' : 'changed'

/** What became of an entity, what it is and what it is called, and its id. */
export const entityLine = (change: Change, paint: Paint): string => {
  const { mark, colour } = fates[fateOf(change)]
  return `${paint(`${mark} ${change.kind}`, colour)} ${plain(titleOf(change))} ${paint(change.id, 'dim')}`
}

const titleOf = (change: Change): string => {
  switch (change.kind) {
    case 'project':
      return (change.after ?? change.before)?.name ?? ''
    case 'task':
      return (change.after ?? change.before)?.title ?? ''
    case 'session':
      return (change.after ?? change.before)?.name ?? ''
  }
}
