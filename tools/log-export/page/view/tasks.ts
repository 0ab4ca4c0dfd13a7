import { TaskStatus } from '../../../../events/index.ts'
import type { TreeRow } from '../tree.ts'
import { el, fill } from './elements.ts'
import { said, statusDot, statusWords } from './marks.ts'
import type { Actions, Scene } from './scene.ts'
import { type RowView, VirtualList } from './virtual-list.ts'

/** The tasks as they were, as a tree. */
export class Tasks {
  readonly element: HTMLElement
  readonly #list: VirtualList
  readonly #counts = el('div', { class: 'counts' })
  #rows: readonly TreeRow[] = []
  #scene: Scene | undefined

  constructor(actions: Actions) {
    this.#list = new VirtualList({
      ...{ label: 'Tasks', roles: ['tree', 'treeitem'], rowHeight: 24, id: 'tasks' },
      rowOf: (index) => this.#row(index),
      onChoose: (index) => actions.goTo({ id: this.#rows[index]?.task.id }),
    })
    this.element = el(
      'section',
      { class: 'panel tasks', attributes: { 'aria-label': 'Tasks at this record' } },
      el('header', {}, el('h2', {}, 'Tasks'), this.#counts),
      this.#list.element,
    )
  }

  show(scene: Scene): void {
    this.#scene = scene
    const { tasks, subject } = scene
    this.#rows = tasks
    const counts = TaskStatus.options.map((status) => {
      const count = tasks.filter(({ task }) => task.status === status).length
      const looks = { title: `${count} ${statusWords[status]}`, attributes: { 'data-status': status } }
      return el('span', { class: 'key', ...looks }, statusDot(status), count.toLocaleString('en'))
    })
    fill(this.#counts, ...counts)
    const chosen = this.#rows.findIndex(({ task }) => task.id === subject.id)
    this.#list.show(this.#rows.length, chosen === -1 ? undefined : chosen)
  }

  #row(index: number): RowView {
    const row = this.#rows[index]
    if (row === undefined) return { contents: [] }
    const { task, level } = row
    const isTouched = this.#scene?.stop.changes.some(({ id }) => id === task.id) === true
    const done = task.subtasks.filter(({ completed }) => completed).length
    const indent = el('span', { class: 'indent' })
    indent.style.setProperty('width', `${(level - 1) * 14}px`)
    return {
      class: `task s-${task.status} ${isTouched ? 'touched' : ''}`,
      title: task.title,
      attributes: { 'aria-level': String(level), 'data-id': task.id, 'data-status': task.status },
      contents: [
        indent,
        statusDot(task.status),
        said(task.title),
        task.subtasks.length === 0 ? undefined : el('span', { class: 'note' }, `${done}/${task.subtasks.length}`),
        task.priority === 'high' ? el('span', { class: 'note high' }, 'high') : undefined,
      ],
    }
  }
}
