import type { Status } from '../lanes.ts'
import { el } from './elements.ts'

/** What people read for a status. */
export const statusWords: Readonly<Record<Status, string>> = {
  pending: 'pending',
  in_progress: 'in progress',
  blocked: 'blocked',
  completed: 'completed',
  spawning: 'spawning',
  running: 'running',
  failed: 'failed',
}

/** A dot in the colour of a status, which also says it. */
export const statusDot = (status: Status): HTMLElement =>
  el('span', {
    class: `dot s-${status}`,
    role: 'img',
    title: statusWords[status],
    attributes: { 'aria-label': statusWords[status] },
  })

/** A status in words, on its colour. */
export const statusChip = (status: Status): HTMLElement =>
  el('span', { class: `chip s-${status}` }, statusWords[status])

/** A text that somebody wrote: its direction of writing stays its own. */
export const said = (text: string): HTMLElement => el('bdi', {}, text)
