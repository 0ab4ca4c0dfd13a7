import type { Change } from '../../../../projections/index.ts'
import { fieldChanges } from '../../../story/changes.ts'
import { actorText } from '../../../support/record-words.ts'
import { changeWord, utc } from '../fields.ts'
import { button, el, fill } from './elements.ts'
import { said } from './marks.ts'
import type { Actions, Scene } from './scene.ts'

/** As much of a changed text as the table shows. */
const valueLength = 160

/** The record itself: who did what, and what it changed. */
export class RecordPanel {
  readonly element = el('section', {
    class: 'panel record-panel',
    id: 'record',
    attributes: { 'aria-label': 'This record' },
  })
  readonly #actions: Actions

  constructor(actions: Actions) {
    this.#actions = actions
  }

  show(scene: Scene): void {
    const { history, stop, place } = scene
    const { record, changes } = stop
    const told = history.told[place.offset]
    fill(
      this.element,
      el('header', {}, el('h2', {}, `Record ${record.offset.toLocaleString('en')}`)),
      el(
        'div',
        { class: 'body' },
        el('p', { class: 'sentence' }, said(told?.who ?? ''), ' ', said(told?.deed ?? '')),
        el('p', { class: 'facts' }, `${utc(record.at)} UTC · ${record.type} · by ${actorText(record.actor)}`),
        el('p', { class: 'facts hash', title: record.hash }, `hash ${record.hash}`),
        record.redacted === undefined
          ? undefined
          : el('p', { class: 'facts' }, 'Its data was redacted later: what it did is told by what is there now.'),
        ...changes.map((change) => this.#changed(change, scene)),
        changes.length === 0 ? el('p', { class: 'none' }, 'It changed nothing.') : undefined,
        el(
          'details',
          {},
          el('summary', {}, 'The line of the log'),
          el('pre', { class: 'line' }, history.lineOf(place.offset)),
        ),
      ),
    )
  }

  #changed(change: Change, { stop }: Scene): HTMLElement {
    const { before, after, id, kind } = change
    const entity = after ?? before
    const name = entity === undefined ? id : 'title' in entity ? entity.title : entity.name
    const fields = fieldChanges(change, { state: stop.state, self: id }, valueLength)
    const rows = fields.map(({ field, before: was, words }) =>
      el(
        'tr',
        { attributes: { 'data-field': field } },
        el('th', { attributes: { scope: 'row' } }, field),
        el('td', {}, was === undefined ? undefined : el('del', {}, said(was)), el('ins', {}, said(words))),
      ),
    )
    return el(
      'div',
      { class: `change ${changeWord(change)}`, attributes: { 'data-id': id } },
      el(
        'h3',
        {},
        el('span', { class: 'word' }, changeWord(change)),
        ` ${kind} `,
        button({ class: 'link', title: id }, () => this.#actions.goTo({ id }), said(name)),
      ),
      rows.length === 0 ? undefined : el('table', {}, el('tbody', {}, ...rows)),
    )
  }
}
