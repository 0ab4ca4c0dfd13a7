import { type Content, el, type Looks } from './elements.ts'

/** How one row of a list looks. */
export interface RowView extends Pick<Looks, 'class' | 'title' | 'attributes'> {
  readonly contents: readonly Content[]
}

export interface VirtualListOptions {
  readonly label: string
  /** What the list and its rows are to those who do not see them. */
  readonly roles: readonly [list: 'listbox', row: 'option'] | readonly [list: 'tree', row: 'treeitem']
  /** px */
  readonly rowHeight: number
  readonly id: string
  readonly rowOf: (index: number) => RowView
  readonly onChoose: (index: number) => void
}

/** Rows above and below those that are seen, so that scrolling shows no gaps. */
const margin = 6

/** A list of any length, of which only the rows in sight are there. One row is the chosen one. */
export class VirtualList {
  readonly element: HTMLElement
  readonly #options: VirtualListOptions
  readonly #space: HTMLElement
  #length = 0
  #chosen: number | undefined

  constructor(options: VirtualListOptions) {
    const { label, roles, id } = options
    this.#options = options
    this.#space = el('div', { class: 'space', role: 'presentation' })
    this.element = el(
      'div',
      { class: 'list', id, role: roles[0], attributes: { tabindex: '0', 'aria-label': label } },
      this.#space,
    )
    this.element.addEventListener('scroll', () => this.#draw())
    this.element.addEventListener('keydown', (event) => this.#onKey(event))
    this.#space.addEventListener('click', ({ target }) => {
      const row = target instanceof Element ? target.closest('[data-index]') : null
      if (row !== null) options.onChoose(Number(row.getAttribute('data-index')))
    })
    new ResizeObserver(() => this.#draw()).observe(this.element)
  }

  /** Shows so many rows, made anew, of which one may be chosen; brings that one into sight if it is another than before. */
  show(length: number, chosen: number | undefined): void {
    const isOther = chosen !== this.#chosen
    this.#length = length
    this.#chosen = chosen
    this.#space.style.setProperty('height', `${length * this.#options.rowHeight}px`)
    if (isOther && chosen !== undefined) this.#reveal(chosen)
    this.#draw()
  }

  #reveal(index: number): void {
    const { rowHeight } = this.#options
    const { scrollTop, clientHeight } = this.element
    const top = index * rowHeight
    if (top >= scrollTop && top + rowHeight <= scrollTop + clientHeight) return
    const isNear = top >= scrollTop - 2 * rowHeight && top <= scrollTop + clientHeight + rowHeight
    // One step scrolls one row; a jump shows what is around the place.
    this.element.scrollTop = !isNear
      ? top - (clientHeight - rowHeight) / 2
      : top < scrollTop
        ? top
        : top + rowHeight - clientHeight
  }

  #draw(): void {
    const { rowHeight } = this.#options
    const { scrollTop, clientHeight } = this.element
    const first = Math.max(0, Math.floor(scrollTop / rowHeight) - margin)
    const end = Math.min(this.#length, Math.ceil((scrollTop + clientHeight) / rowHeight) + margin)
    const rows = Array.from({ length: Math.max(0, end - first) }, (_, i) => this.#row(first + i))
    this.#space.replaceChildren(...rows)
    const isThere = this.#chosen !== undefined && this.#chosen >= first && this.#chosen < end
    if (isThere) this.element.setAttribute('aria-activedescendant', this.#idOf(this.#chosen ?? 0))
    else this.element.removeAttribute('aria-activedescendant')
  }

  #row(index: number): HTMLElement {
    const { rowHeight, roles, rowOf } = this.#options
    const { contents, class: classes = '', title, attributes } = rowOf(index)
    const row = el(
      'div',
      {
        ...{ class: `row ${classes}`, id: this.#idOf(index), role: roles[1] },
        ...(title !== undefined && { title }),
        attributes: {
          ...attributes,
          'data-index': String(index),
          'aria-setsize': String(this.#length),
          'aria-posinset': String(index + 1),
          'aria-selected': String(index === this.#chosen),
        },
      },
      ...contents,
    )
    row.style.setProperty('top', `${index * rowHeight}px`)
    row.style.setProperty('height', `${rowHeight}px`)
    return row
  }

  #idOf(index: number): string {
    return `${this.#options.id}-${index}`
  }

  /** Up and down choose; what is to the side belongs to the page. */
  #onKey(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step === undefined || this.#length === 0) return
    event.preventDefault()
    const from = this.#chosen ?? (step > 0 ? -1 : this.#length)
    this.#options.onChoose(Math.min(Math.max(from + step, 0), this.#length - 1))
  }
}
