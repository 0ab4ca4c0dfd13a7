import { nameOf } from '../../../story/names.ts'
import { counted } from '../../../support/numbers.ts'
import { isAtWork, type Lane, statusAt } from '../lanes.ts'
import { overviewOf } from '../overview.ts'
import { choice, el, fill } from './elements.ts'
import { said, statusDot, statusWords } from './marks.ts'
import type { Actions, Scene } from './scene.ts'
import { barsOf, middleOf, stackOf } from './shapes.ts'
import { type RowView, VirtualList } from './virtual-list.ts'

const rowHeight = 22
const mostTicks = 8
/** Points along the overview. */
const samples = 500

const which = { all: 'All', work: 'At work now' } as const
type Which = keyof typeof which

/** Sessions and tasks as lanes: what was true of each of them, over the whole history. */
export class Timeline {
  readonly element: HTMLElement
  readonly #actions: Actions
  readonly #list: VirtualList
  readonly #lanes = el('div', { class: 'lanes' })
  readonly #ruler = el('div', { class: 'ruler' })
  readonly #cursor = el('div', { class: 'cursor' })
  readonly #overview = el('span', { class: 'bars' })
  readonly #totals = el('span', { class: 'totals' })
  readonly #count = el('span', { class: 'count' })
  readonly #axisChoice = choice('What the width stands for', { record: 'By record', time: 'By time' }, (value) =>
    this.#actions.goTo({ axis: value === 'time' ? 'time' : 'record' }),
  )
  readonly #whichChoice = choice('Which lanes', which, (value) => {
    this.#which = value === 'work' ? 'work' : 'all'
    if (this.#scene !== undefined) this.show(this.#scene)
  })
  #which: Which = 'all'
  #scene: Scene | undefined
  #shown: readonly Lane[] = []

  constructor(actions: Actions) {
    this.#actions = actions
    this.#list = new VirtualList({
      ...{ label: 'Sessions and tasks over time', roles: ['listbox', 'option'], rowHeight, id: 'lanes' },
      rowOf: (index) => this.#row(index),
      onChoose: (index) => this.#actions.goTo({ id: this.#shown[index]?.id }),
    })
    const legend = (['spawning', 'running', 'in_progress', 'blocked', 'pending', 'completed', 'failed'] as const).map(
      (status) => el('span', { class: 'key' }, statusDot(status), statusWords[status]),
    )
    const plot = el('div', { class: 'plot' }, el('div', { class: 'over' }, this.#cursor), this.#ruler)
    const overview = el('div', { class: 'overview' }, this.#totals, this.#overview)
    for (const place of [this.#overview, this.#ruler]) {
      place.addEventListener('pointerdown', (event) => {
        place.setPointerCapture(event.pointerId)
        this.#onPointer(event)
      })
      place.addEventListener('pointermove', (event) => {
        if (event.buttons === 1) this.#onPointer(event)
      })
    }
    new ResizeObserver(() => this.#fit()).observe(this.#list.element)
    this.#lanes.append(overview, this.#list.element, plot)
    this.element = el(
      'section',
      { class: 'panel timeline', attributes: { 'aria-label': 'Timeline' } },
      el(
        'header',
        {},
        el('h2', {}, 'Timeline'),
        this.#count,
        el('span', { class: 'legend', attributes: { 'aria-hidden': 'true' } }, ...legend),
        this.#whichChoice.element,
        this.#axisChoice.element,
      ),
      this.#lanes,
    )
  }

  show(scene: Scene): void {
    const { lanes, place, axis, subject, stop, tasks } = scene
    if (this.#scene?.axis !== axis) this.#showAxis(scene)
    this.#scene = scene
    this.#shown = this.#which === 'all' ? lanes : lanes.filter((lane) => isAtWork(statusAt(lane, place.offset)))
    fill(this.#count, `${this.#shown.length.toLocaleString('en')} lanes`)
    fill(this.#totals, `${counted(tasks.length, 'task')}, ${counted(stop.state.session.size, 'session')}`)
    this.#axisChoice.show(axis.kind)
    this.#whichChoice.show(this.#which)
    const chosen = this.#shown.findIndex(({ id }) => id === subject.id)
    this.#list.show(this.#shown.length, chosen === -1 ? undefined : chosen)
    this.#cursor.style.setProperty('left', percent(middleOf(axis, place.offset)))
  }

  /** The scroll bar takes its width from the lanes, and from all that is drawn over and above them. */
  #fit(): void {
    const { offsetWidth, clientWidth } = this.#list.element
    this.#lanes.style.setProperty('--scroll', `${offsetWidth - clientWidth}px`)
  }

  #showAxis({ axis, lanes, history }: Scene): void {
    fill(this.#overview, stackOf(overviewOf(lanes, axis, history.records.length, samples)))
    const ticks = axis.ticks(mostTicks).map(({ x, text }) => {
      const tick = el('span', { class: x > 0.95 ? 'tick last' : 'tick' }, text)
      tick.style.setProperty('left', percent(x))
      return tick
    })
    fill(this.#ruler, ...ticks)
  }

  #row(index: number): RowView {
    const lane = this.#shown[index]
    const scene = this.#scene
    if (lane === undefined || scene === undefined) return { contents: [] }
    const { place, axis, stop } = scene
    const status = statusAt(lane, place.offset)
    const name = nameOf(lane.id, stop.state) ?? lane.name
    const words = status === undefined ? 'not there' : statusWords[status]
    const isTouched = stop.changes.some(({ id }) => id === lane.id)
    const label = el(
      'span',
      { class: 'label' },
      status === undefined ? el('span', { class: 'dot' }) : statusDot(status),
      said(name),
    )
    return {
      class: `lane ${lane.kind} ${isTouched ? 'touched' : ''} ${status === undefined ? 'absent' : ''}`,
      title: `${lane.kind} ${name}: ${words}`,
      attributes: { 'aria-label': `${lane.kind} ${name}: ${words}`, 'data-id': lane.id },
      contents: [label, el('span', { class: 'bars' }, barsOf(lane, axis))],
    }
  }

  #onPointer(event: PointerEvent): void {
    const axis = this.#scene?.axis
    const box = this.#ruler.getBoundingClientRect()
    if (axis === undefined || box.width === 0) return
    event.preventDefault()
    this.#actions.goTo({ offset: axis.offsetAt((event.clientX - box.left) / box.width) })
  }
}

const percent = (x: number): string => `${(x * 100).toFixed(3)}%`
