import { AppError, toAppError } from '../../src/errors.ts'
import type { Entry } from './history/entries.ts'
import { Mapping, type Skipped } from './mapping/mapping.ts'
import type { Action, Handle, Step } from './mapping/step.ts'
import type { Unmade } from './mapping/world.ts'
import type { Receipt, Send } from './sending/api.ts'
import { Order } from './sending/order.ts'
import { Permits } from './sending/permits.ts'
import { requestOf, type WriteRequest } from './sending/request.ts'

/** A request that the server has confirmed. */
export interface Acknowledged {
  readonly key: string
  readonly action: Action
  readonly request: WriteRequest
  readonly receipt: Receipt
}

export interface LoadOptions {
  readonly entries: AsyncIterable<Entry>
  readonly send: Send
  readonly projectId: string
  /** How many requests are on their way at a time. */
  readonly writers: number
  /** Told of every request right after it was acknowledged. */
  readonly onAcknowledged?: (acknowledged: Acknowledged) => void
  /** Told how many changes are over, whether there was something to send or not. */
  readonly onChange?: (done: number) => void
}

export interface Loaded {
  readonly changes: number
  /** Everything that was acknowledged, in that order. */
  readonly journal: readonly Acknowledged[]
  readonly skipped: ReadonlyMap<Skipped, number>
  readonly unmade: Record<Unmade, number>
}

/** How many steps are prepared for each writer, so that there is one to send while others wait for each other. */
const preparedPerWriter = 16

/** Sends a history through the API. Rejects with the first refusal. Either way all that was sent has been answered then. */
export const loadHistory = async (options: LoadOptions): Promise<Loaded> => {
  const run = new Run(options)
  try {
    for await (const entry of options.entries) {
      if (!(await run.take(entry))) break
    }
  } finally {
    await run.settled()
  }
  return run.result()
}

class Run {
  readonly #options: LoadOptions
  readonly #mapping = new Mapping()
  readonly #order = new Order()
  readonly #writers: Permits
  readonly #prepared: Permits
  readonly #ids = new Map<Handle, string>()
  readonly #journal: Acknowledged[] = []
  readonly #skipped = new Map<Skipped, number>()
  readonly #underWay = new Set<Promise<void>>()
  #done = 0
  #failure: AppError | undefined

  constructor(options: LoadOptions) {
    this.#options = options
    this.#writers = new Permits(options.writers)
    this.#prepared = new Permits(options.writers * preparedPerWriter)
  }

  /** Takes one change in, as soon as there is room; false when the run has failed. */
  async take(entry: Entry): Promise<boolean> {
    const mapped = this.#mapping.next(entry)
    if (mapped.kind === 'skipped') {
      this.#skipped.set(mapped.reason, (this.#skipped.get(mapped.reason) ?? 0) + 1)
      this.#finished()
      return true
    }
    const steps: Promise<void>[] = []
    for (const step of mapped.steps) {
      await this.#prepared.take()
      steps.push(this.#order.run(step, () => this.#carryOut(step, entry)))
    }
    const all = Promise.all(steps).then(() => {
      if (this.#failure === undefined) this.#finished()
      this.#underWay.delete(all)
    })
    this.#underWay.add(all)
    return this.#failure === undefined
  }

  /** Resolves when nothing is under way any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay)
  }

  result(): Loaded {
    if (this.#failure !== undefined) throw this.#failure
    return { changes: this.#done, journal: this.#journal, skipped: this.#skipped, unmade: this.#mapping.unmade() }
  }

  /** Never rejects: what goes wrong ends the run, and steps that come later are let go of. */
  async #carryOut(step: Step, entry: Entry): Promise<void> {
    await this.#writers.take()
    try {
      if (this.#failure === undefined) await this.#send(step)
    } catch (error) {
      this.#failure ??= failureAt(entry, step.action, error)
    } finally {
      this.#writers.giveBack()
      this.#prepared.giveBack()
    }
  }

  async #send({ key, action }: Step): Promise<void> {
    const { send, projectId, onAcknowledged } = this.#options
    const request = requestOf(action, { projectId, idOf: (handle) => this.#idOf(handle) })
    const receipt = await send(request, key)
    if (action.kind === 'create-task') this.#name(action.task, receipt)
    if (action.kind === 'create-session') this.#name(action.session, receipt)
    const acknowledged = { key, action, request, receipt }
    this.#journal.push(acknowledged)
    onAcknowledged?.(acknowledged)
  }

  #name(handle: Handle, { id }: Receipt): void {
    if (id === undefined) throw new Error(`the server did not say where it put ${handle}`)
    this.#ids.set(handle, id)
  }

  #idOf(handle: Handle): string {
    const id = this.#ids.get(handle)
    if (id === undefined) throw new Error(`${handle} is needed before it was created`)
    return id
  }

  #finished(): void {
    this.#done += 1
    this.#options.onChange?.(this.#done)
  }
}

const failureAt = ({ place, change }: Entry, { kind }: Action, thrown: unknown): AppError => {
  const error = toAppError(thrown)
  return new AppError(error.code, `Change ${place} (${kind} of ${change.id}) was not carried out: ${error.message}`, {
    cause: error.cause,
  })
}
