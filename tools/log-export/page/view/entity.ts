import type { Entity } from '../../../../events/index.ts'
import { sightOf } from '../../../../projections/index.ts'
import { sameJson } from '../../../../projections/same-json.ts'
import { type Field, fieldsOf, type Shown } from '../fields.ts'
import { button, type Content, el, fill } from './elements.ts'
import { said, statusChip } from './marks.ts'
import type { Actions, Scene } from './scene.ts'

/** Of a long list the newest are shown, and the others when asked for. */
const fewItems = 12

/** What is selected, as it was right after the record. */
export class EntityPanel {
  readonly element = el('section', { class: 'panel entity', id: 'entity', attributes: { 'aria-label': 'Selected' } })
  readonly #actions: Actions

  constructor(actions: Actions) {
    this.#actions = actions
  }

  show({ stop, subject, place }: Scene): void {
    const { entity } = sightOf(stop.state, subject, place.offset)
    const following = place.id === undefined
    const follow = button(
      { class: 'follow', title: 'Shows what each record is about', attributes: { 'aria-pressed': String(following) } },
      () => this.#actions.goTo({ id: following ? subject.id : undefined }),
      'Follow the record',
    )
    fill(
      this.element,
      el('header', {}, el('h2', {}, subject.kind), el('code', { class: 'id' }, subject.id), follow),
      el('div', { class: 'body' }, ...(entity === undefined ? [gone] : this.#contents(entity, stop))),
    )
    this.element.setAttribute('data-id', subject.id)
  }

  #contents(entity: Entity, { changes, state }: Scene['stop']): Content[] {
    const change = changes.find(({ id }) => id === entity.id)
    const was = new Map<string, unknown>(Object.entries(change?.before ?? {}))
    const is = new Map<string, unknown>(Object.entries(change?.after ?? {}))
    // Of what is new, everything is.
    const isChanged = (name: string): boolean => was.size > 0 && !sameJson(was.get(name), is.get(name))
    return [
      el(
        'h3',
        { class: 'name' },
        said('title' in entity ? entity.title : entity.name),
        'status' in entity ? statusChip(entity.status) : undefined,
      ),
      el(
        'dl',
        { class: 'fields' },
        ...fieldsOf(entity, state).flatMap((field) => this.#field(field, isChanged(field.name))),
      ),
    ]
  }

  #field({ name, shown }: Field, isChanged: boolean): HTMLElement[] {
    const looks = { class: isChanged ? 'changed' : '', attributes: { 'data-field': name } }
    return [el('dt', looks, name), el('dd', looks, this.#value(shown))]
  }

  #value(shown: Shown): HTMLElement {
    switch (shown.kind) {
      case 'text':
        return el('div', { class: 'text' }, said(shown.text))
      case 'links': {
        const links = shown.links.map(({ id, name }) =>
          el(
            'li',
            {},
            button({ class: 'link', title: id }, () => this.#actions.goTo({ id }), said(name)),
          ),
        )
        return el('ul', { class: 'links' }, ...links)
      }
      case 'items':
        return itemsOf(shown.items)
    }
  }
}

const gone = el('p', { class: 'none' }, 'It is not there any more.')

const itemsOf = (items: readonly string[]): HTMLElement => {
  const list = el('ul', { class: 'items' })
  const newest = items.slice(-fewItems).reverse()
  list.append(...newest.map(itemOf))
  const rest = items.slice(0, -fewItems).reverse()
  if (rest.length === 0) return list
  const more = button({ class: 'more' }, () => more.replaceWith(...rest.map(itemOf)), `${rest.length} earlier`)
  list.append(more)
  return list
}

const itemOf = (text: string): HTMLElement => el('li', {}, said(text))
