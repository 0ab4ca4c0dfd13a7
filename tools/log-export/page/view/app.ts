import { axisOf } from '../axis.ts'
import type { Embedded } from '../embedded.ts'
import { utc } from '../fields.ts'
import type { History } from '../history.ts'
import { hashOf, type Place, placeOf } from '../place.ts'
import { treeRows } from '../tree.ts'
import { el, fill } from './elements.ts'
import { EntityPanel } from './entity.ts'
import { Events } from './events.ts'
import { handleKeys } from './keys.ts'
import { said } from './marks.ts'
import { RecordPanel } from './record.ts'
import { type Actions, type Scene, subjectWith } from './scene.ts'
import { Scrubber } from './scrubber.ts'
import { Tasks } from './tasks.ts'
import { Timeline } from './timeline.ts'
import { verdictBadge } from './verdict.ts'

/** Shows a history in an element, at the place that the address names. There is at least one record. */
export const showHistory = (page: HTMLElement, history: History, about: Embedded): void => {
  const records = history.records.length
  const times = history.records.map(({ at }) => at)
  const axes = { record: axisOf('record', times), time: axisOf('time', times) }
  const lanes = history.lanes
  let place: Place = placeOf(location.hash, records)
  let isDue = false

  const draw = (): void => {
    isDue = false
    const stop = history.past.goTo(place.offset)
    const [axis, tasks, subject] = [axes[place.axis], treeRows(stop.state), subjectWith(place.id, stop)]
    const scene: Scene = { history, lanes, axis, place, stop, tasks, subject }
    for (const part of parts) part.show(scene)
    document.documentElement.dataset.offset = String(place.offset)
  }
  const moveTo = (next: Place): void => {
    place = next
    // However fast somebody drags, the page is drawn once for each time that it is seen.
    if (!isDue) requestAnimationFrame(draw)
    isDue = true
  }
  const actions: Actions = {
    goTo: (change) => {
      moveTo({ ...place, ...change })
      remember(hashOf({ ...place, ...change }))
    },
  }
  addEventListener('hashchange', () => moveTo(placeOf(location.hash, records)))

  const scrubber = new Scrubber(records, actions)
  const timeline = new Timeline(actions)
  const events = new Events(history, actions)
  const tasks = new Tasks(actions)
  const record = new RecordPanel(actions)
  const entity = new EntityPanel(actions)
  const parts = [scrubber, timeline, events, tasks, record, entity]
  handleKeys({ scrubber, events })
  fill(
    page,
    headerOf(history, about),
    scrubber.element,
    timeline.element,
    el(
      'div',
      { class: 'columns' },
      events.element,
      tasks.element,
      el('div', { class: 'details' }, record.element, entity.element),
    ),
  )
  draw()
}

/** Browsers allow only so many changes of the address in a second, and none of them is worth a failure. */
const remember = (hash: string): void => {
  try {
    history.replaceState(null, '', hash)
  } catch (error) {
    if (!(error instanceof DOMException)) throw error
  }
}

const headerOf = (history: History, about: Embedded): HTMLElement => {
  const { records } = history
  const name = nameOf(history) ?? about.projectId
  document.title = `${name}: history`
  const [first, last] = [records[0]?.at ?? 0, records.at(-1)?.at ?? 0]
  return el(
    'header',
    { class: 'page-header' },
    el('h1', {}, said(name)),
    el('code', {}, about.projectId),
    el('span', { class: 'span' }, `${utc(first)} to ${utc(last)} UTC`),
    verdictBadge(history, about),
  )
}

/** What the project is called at the end; its last name where it was deleted. */
const nameOf = ({ past, records }: History): string | undefined => {
  const stop = past.goTo(records.length - 1)
  const [now] = Array.from(stop.state.project.rows(), ({ entity }) => entity.name)
  if (now !== undefined) return now
  for (const { kind, before } of stop.changes) if (kind === 'project') return before?.name
  return undefined
}
