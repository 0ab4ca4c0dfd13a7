import type { Events } from './events.ts'
import type { Scrubber } from './scrubber.ts'

const steps: Readonly<Record<string, number>> = {
  ArrowRight: 1,
  ArrowLeft: -1,
  PageDown: 100,
  PageUp: -100,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
}

/** Keys that work everywhere but where somebody types, chooses or presses something else with them. */
export const handleKeys = ({ scrubber, events }: { readonly scrubber: Scrubber; readonly events: Events }): void => {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return
    const { target, key } = event
    if (target instanceof Element && target.matches('select, input:not([type=range])')) {
      if (key === 'Escape' && target instanceof HTMLElement) target.blur()
      return
    }
    if (key === ' ' && target instanceof Element && target.matches('button, summary')) return
    const by = steps[key]
    if (by !== undefined) scrubber.step(event.shiftKey ? by * 10 : by)
    else if (key === ' ') scrubber.toggle()
    else if (key === '/') events.focusFilter()
    else return
    event.preventDefault()
  })
}
