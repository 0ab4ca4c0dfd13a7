import { Follower } from '../../../projections/history.ts'
import { subjectOf } from '../../../projections/index.ts'
import { AppError } from '../../../src/errors.ts'
import { touchesOf } from '../../log-history/touches.ts'
import { nameOf } from '../../story/names.ts'
import { subjectIn } from '../../support/find-subject.ts'
import { momentOf } from '../../support/moment.ts'
import { grouped } from '../../support/numbers.ts'
import { offsetAt, recordAt } from '../../support/past.ts'
import type { ReadOnlyLog } from '../../support/read-only-log.ts'
import { plain } from '../../support/shown.ts'
import type { Paint } from '../../support/style.ts'
import type { Effect, Message, Model } from './model.ts'
import { sceneOf } from './scene.ts'
import { matcherOf, searchRecords } from './search.ts'
import type { Terminal } from './terminal.ts'
import { begin, update } from './update.ts'
import { view } from './view.ts'
import { Walk } from './walk.ts'

export interface StepperOptions {
  readonly log: ReadOnlyLog
  readonly title: string
  /** The record to begin with. */
  readonly at: number
  readonly terminal: Terminal
  readonly paint: Paint
}

/** Shows a log step by step until somebody quits. Whatever happens, the terminal is given back. */
export const runStepper = async (options: StepperOptions): Promise<void> => {
  const stepper = new Stepper(options)
  try {
    await stepper.run()
  } finally {
    options.terminal.close()
  }
}

type ShowEffect = Extract<Effect, { kind: 'show' }>

/** After how many records there is a word about how far a long way is. */
const progressStep = 5_000

class Stepper {
  readonly #options: StepperOptions
  readonly #walk: Walk
  #model: Model
  #reject: (error: unknown) => void = () => {}
  #resolve: () => void = () => {}
  /** The screen is the shell's again: whatever is still under way draws nothing any more. */
  #isOver = false
  /** What is to be shown next. Whoever steps faster than records are folded sees the last of them only. */
  #wanted: ShowEffect | undefined
  #isShowing = false
  /** The last offset that there was a word about. */
  #told = 0
  /** Ends what takes its time. */
  #errand = new AbortController()

  constructor(options: StepperOptions) {
    const { log, title, at, terminal } = options
    this.#options = options
    this.#walk = new Walk(log, (offset) => this.#tellProgress('Folding', offset))
    this.#model = begin(title, log.head.offset, at, terminal.size()).model
  }

  run(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
      // The first thing that a terminal tells is its size, and with that the first record is shown.
      this.#options.terminal.open({
        key: (key) => void this.#attempt(async () => this.#take({ kind: 'key', key })),
        resized: (size) => void this.#attempt(async () => this.#take({ kind: 'resized', size })),
        gone: () => this.#quit(),
      })
    })
  }

  #take(message: Message): void {
    if (this.#isOver) return
    const { terminal, paint } = this.#options
    const { model, effects } = update(this.#model, message)
    this.#model = model
    terminal.draw(view(model, paint))
    for (const effect of effects) this.#carryOut(effect)
  }

  #carryOut(effect: Effect): void {
    switch (effect.kind) {
      case 'show':
        this.#wanted = effect
        if (!this.#isShowing) void this.#attempt(() => this.#show())
        break
      case 'go':
        void this.#attempt(async () =>
          this.#take({ kind: 'found', offset: await offsetAt(this.#options.log, momentOf(effect.text)) }),
        )
        break
      case 'search':
        void this.#attempt(() => this.#search(effect, this.#newErrand()))
        break
      case 'follow':
        void this.#attempt(() => this.#follow(effect.of, this.#newErrand()))
        break
      case 'cancel':
        this.#errand.abort()
        break
      case 'suspend':
        this.#options.terminal.suspend()
        break
      case 'quit':
        this.#quit()
        break
    }
  }

  #quit(settle = this.#resolve): void {
    this.#isOver = true
    this.#errand.abort()
    settle()
  }

  /** What the log refuses is told on the screen; anything else ends the stepper. */
  async #attempt(action: () => Promise<void>): Promise<void> {
    try {
      await action()
    } catch (error) {
      if (error instanceof AppError) this.#take({ kind: 'refused', reason: plain(error.message, 200) })
      else this.#quit(() => this.#reject(error))
    }
  }

  async #show(): Promise<void> {
    this.#isShowing = true
    try {
      for (let wanted = this.#wanted; wanted !== undefined; wanted = this.#wanted) {
        this.#wanted = undefined
        const stop = await this.#walk.goTo(wanted.offset)
        const scene = await sceneOf(this.#options.log, stop, wanted)
        if (this.#wanted === undefined) this.#take({ kind: 'shown', scene })
      }
    } finally {
      this.#isShowing = false
    }
  }

  async #search({ text, from, step }: Extract<Effect, { kind: 'search' }>, signal: AbortSignal): Promise<void> {
    const onProgress = (offset: number): void => this.#tellProgress(`Searching ${text}`, offset)
    const found = await searchRecords({
      log: this.#options.log,
      matches: matcherOf(text),
      from,
      step,
      onProgress,
      signal,
    })
    if (signal.aborted) return
    if (found !== undefined) this.#take({ kind: 'found', offset: found })
    else this.#take({ kind: 'refused', reason: `Nothing with ${text} ${step === 1 ? 'after' : 'before'} this record` })
  }

  async #follow(of: string | number, signal: AbortSignal): Promise<void> {
    const { log } = this.#options
    const subject = typeof of === 'number' ? subjectOf(await recordAt(log, of)) : await subjectIn(log, of)
    if (subject === undefined) throw new AppError('NOT_FOUND', `There is no task or session ${of} in this log`)
    const { id } = subject
    const follower = new Follower(subject)
    const offsets: number[] = []
    const onRecord = (offset: number): void => this.#tellProgress(`Looking for records of ${id}`, offset)
    for await (const { record } of touchesOf(follower, subject, log.records(), onRecord)) {
      if (signal.aborted) return
      offsets.push(record.offset)
    }
    const name = plain(nameOf(id, follower.state) ?? id, 30)
    if (!signal.aborted) this.#take({ kind: 'followed', followed: { id, name, offsets } })
  }

  #newErrand(): AbortSignal {
    this.#errand.abort()
    this.#errand = new AbortController()
    return this.#errand.signal
  }

  #tellProgress(what: string, offset: number): void {
    if (Math.abs(offset - this.#told) < progressStep) return
    this.#told = offset
    this.#take({ kind: 'progress', text: `${what}: record ${grouped(offset)}` })
  }
}
