import { utc } from '../fields.ts'
import { filtered, filterText } from '../filter.ts'
import type { History } from '../history.ts'
import type { Lane } from '../lanes.ts'
import { el, fill } from './elements.ts'
import { said } from './marks.ts'
import type { Actions, Scene } from './scene.ts'
import { type RowView, VirtualList } from './virtual-list.ts'

/** All records, a line each, or those that somebody looks for. */
export class Events {
  readonly element: HTMLElement
  readonly #history: History
  readonly #texts: readonly string[]
  readonly #list: VirtualList
  readonly #query = el('input', {
    id: 'filter',
    attributes: { type: 'search', placeholder: 'Filter: words, type, id  ( / )', 'aria-label': 'Filter records' },
  })
  readonly #only = el('input', { id: 'only', attributes: { type: 'checkbox' } })
  readonly #count = el('span', { class: 'count', role: 'status' })
  /** Offsets, in order. */
  #found: readonly number[] = []
  #asked: string | undefined
  #scene: Scene | undefined

  constructor(history: History, actions: Actions) {
    this.#history = history
    this.#texts = history.records.map((record, i) => filterText(record, history.told[i] ?? { who: '', deed: '' }))
    this.#list = new VirtualList({
      ...{ label: 'Records', roles: ['listbox', 'option'], rowHeight: 40, id: 'records' },
      rowOf: (index) => this.#row(index),
      onChoose: (index) => {
        const offset = this.#found[index]
        if (offset !== undefined) actions.goTo({ offset })
      },
    })
    for (const input of [this.#query, this.#only]) {
      input.addEventListener('input', () => {
        if (this.#scene !== undefined) this.show(this.#scene)
      })
    }
    this.element = el(
      'section',
      { class: 'panel events', attributes: { 'aria-label': 'Records' } },
      el('header', {}, el('h2', {}, 'Records'), this.#count),
      el(
        'div',
        { class: 'filter' },
        this.#query,
        el('label', { title: 'Only records that did something to what is selected' }, this.#only, ' of the selected'),
      ),
      this.#list.element,
    )
  }

  focusFilter(): void {
    this.#query.focus()
  }

  show(scene: Scene): void {
    this.#scene = scene
    const { lanes, subject, place } = scene
    const only = this.#only.checked ? lanes.find(({ id }) => id === subject.id) : undefined
    this.#find(this.#query.value, only)
    const all = this.#texts.length.toLocaleString('en')
    fill(
      this.#count,
      this.#found.length === this.#texts.length ? all : `${this.#found.length.toLocaleString('en')} of ${all}`,
    )
    const chosen = this.#found.indexOf(place.offset)
    this.#list.show(this.#found.length, chosen === -1 ? undefined : chosen)
  }

  /** Looked for again only when something else is asked for. */
  #find(query: string, only: Lane | undefined): void {
    const asked = `${only?.id ?? ''} ${query}`
    if (asked === this.#asked) return
    this.#asked = asked
    const touches = only && new Set(only.touches)
    this.#found = filtered(this.#texts, query).filter((offset) => touches?.has(offset) ?? true)
  }

  #row(index: number): RowView {
    const offset = this.#found[index] ?? 0
    const record = this.#history.records[offset]
    const told = this.#history.told[offset]
    if (record === undefined || told === undefined) return { contents: [] }
    return {
      class: `record ${record.type.slice(0, record.type.indexOf(':'))}`,
      title: `${told.who} ${told.deed}`,
      attributes: { 'data-offset': String(offset) },
      contents: [
        el(
          'span',
          { class: 'meta' },
          el('b', {}, offset.toLocaleString('en')),
          ` ${utc(record.at)} `,
          el('i', {}, record.type),
        ),
        el('span', { class: 'deed' }, said(told.who), ' ', said(told.deed)),
      ],
    }
  }
}
