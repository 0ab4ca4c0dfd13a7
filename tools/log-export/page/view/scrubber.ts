import { utc } from '../fields.ts'
import { button, el, fill } from './elements.ts'
import type { Actions, Scene } from './scene.ts'
import { icon } from './shapes.ts'

/** Records per second. */
const speeds = [2, 10, 50, 200] as const

const signs = { play: 'M2 .5V9.5L9 5z', pause: 'M1.5 1V9H4V1zM6 1V9H8.5V1z' } as const

/** Goes to any record: a slider over the whole history, steps, and a player. */
export class Scrubber {
  readonly element: HTMLElement
  readonly #actions: Actions
  readonly #last: number
  readonly #slider: HTMLInputElement
  readonly #speed = el('select', { attributes: { 'aria-label': 'Records per second while playing' } })
  readonly #where = el('output', { class: 'where', id: 'where', attributes: { for: 'offset' } })
  readonly #play: HTMLButtonElement
  #offset = 0
  #frame: number | undefined

  constructor(records: number, actions: Actions) {
    this.#actions = actions
    this.#last = records - 1
    this.#slider = el('input', {
      id: 'offset',
      attributes: { type: 'range', min: '0', max: String(this.#last), step: '1', 'aria-label': 'Record' },
    })
    this.#slider.addEventListener('input', () => this.#go(Number(this.#slider.value)))
    this.#speed.append(...speeds.map((speed) => new Option(`${speed} a second`, String(speed), false, speed === 10)))
    this.#play = button(
      { class: 'play', title: 'Play (space)', attributes: { 'aria-label': 'Play' } },
      () => this.toggle(),
      icon(signs.play),
    )
    const step = (title: string, by: number, sign: string): HTMLElement =>
      button({ title, attributes: { 'aria-label': title } }, () => this.step(by), icon(sign))
    this.element = el(
      'section',
      { class: 'panel scrubber', attributes: { 'aria-label': 'Scrubber' } },
      el(
        'div',
        { class: 'buttons' },
        step('First record (Home)', Number.NEGATIVE_INFINITY, 'M1 1V9H2.5V1zM9 1V9L3 5z'),
        step('Record before (left)', -1, 'M8 1V9L2 5z'),
        this.#play,
        step('Next record (right)', 1, 'M2 1V9L8 5z'),
        step('Last record (End)', Number.POSITIVE_INFINITY, 'M9 1V9H7.5V1zM1 1V9L7 5z'),
      ),
      this.#slider,
      this.#where,
      this.#speed,
    )
  }

  show({ place: { offset }, stop: { record } }: Scene): void {
    this.#offset = offset
    this.#slider.value = String(offset)
    this.#slider.setAttribute('aria-valuetext', `record ${offset}, ${utc(record.at)} UTC`)
    const share = `${((offset / Math.max(1, this.#last)) * 100).toFixed(2)}%`
    this.#slider.style.setProperty('--share', share)
    fill(
      this.#where,
      el('b', {}, `Record ${offset.toLocaleString('en')}`),
      ` of ${this.#last.toLocaleString('en')}`,
      el('span', { class: 'when' }, `${utc(record.at)} UTC`),
    )
    if (offset === this.#last) this.stop()
  }

  step(by: number): void {
    this.stop()
    this.#go(this.#offset + by)
  }

  /** Plays, from the start where it is at the end, or stops. */
  toggle(): void {
    if (this.#frame === undefined) this.#start()
    else this.stop()
  }

  #start(): void {
    if (this.#offset === this.#last) this.#go(0)
    this.#showPlaying(true)
    let [began, from] = [Number.NaN, this.#offset]
    const tick = (now: number): void => {
      // A shown record that is not where the player has come to was gone to by somebody: it goes on from there.
      if (Number.isNaN(began)) began = now
      const due = from + Math.floor(((now - began) / 1000) * Number(this.#speed.value))
      this.#frame = requestAnimationFrame(tick)
      if (due > this.#offset) this.#go(due)
      else if (due < this.#offset) [began, from] = [now, this.#offset]
    }
    this.#frame = requestAnimationFrame(tick)
  }

  stop(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame)
    this.#frame = undefined
    this.#showPlaying(false)
  }

  #showPlaying(isPlaying: boolean): void {
    fill(this.#play, icon(isPlaying ? signs.pause : signs.play))
    this.#play.setAttribute('aria-label', isPlaying ? 'Pause' : 'Play')
  }

  #go(offset: number): void {
    this.#offset = Math.min(Math.max(offset, 0), this.#last)
    this.#actions.goTo({ offset: this.#offset })
  }
}
