import { expect } from 'vitest'
import { DomainEvent, type SessionId } from '../../events/index.ts'
import { type Change, ProjectState } from '../../projections/index.ts'
import type { Command, Moment } from '../../src/commands/command.ts'
import { decide } from '../../src/commands/decide.ts'
import { AppError, type ErrorCode, type ErrorDetails } from '../../src/errors.ts'
import { type Fold, fold } from './fold.ts'
import { machine, nextRecordId, now, projectId } from './vocabulary.ts'

/**
 * Sentences about what a command does: `given(…events).when(command).emits(event)`. What is given is folded in every way
 * there is, and the decision has to be the same however many of the events are not durable yet.
 */
export const given = (...events: DomainEvent[]): Given => new Given(events, new Set())

type Decision = { readonly event: DomainEvent | undefined } | { readonly refusal: ReturnType<AppError['toJSON']> }

class Given {
  readonly #past: readonly DomainEvent[]
  readonly #fold: Fold
  readonly #elsewhere: ReadonlySet<SessionId>

  constructor(past: readonly DomainEvent[], elsewhere: ReadonlySet<SessionId>) {
    this.#past = past
    this.#fold = fold(...past)
    this.#elsewhere = elsewhere
  }

  /** Another project has this session. */
  andElsewhere(id: SessionId): Given {
    return new Given(this.#past, new Set([...this.#elsewhere, id]))
  }

  when(command: Command): Outcome {
    const decision = this.#decide(command, this.#fold.state)
    for (let durable = 0; durable <= this.#past.length; durable += 1) {
      expect(this.#decide(command, viewOf(this.#fold.changes, durable))).toStrictEqual(decision)
    }
    return new Outcome(this.#past, decision)
  }

  #decide(command: Command, state: ProjectState): Decision {
    const moment: Moment = {
      projectId,
      recordId: nextRecordId,
      now,
      machine,
      sessionExists: (id) => state.session.get(id) !== undefined || this.#elsewhere.has(id),
    }
    try {
      return { event: decide(command, state, moment) }
    } catch (error) {
      if (error instanceof AppError) return { refusal: error.toJSON() }
      throw error
    }
  }
}

class Outcome {
  readonly #past: readonly DomainEvent[]
  readonly #decision: Decision

  constructor(past: readonly DomainEvent[], decision: Decision) {
    this.#past = past
    this.#decision = decision
  }

  /** Exactly this event, which is one that a log can hold; answers what is true after it. */
  emits(event: DomainEvent): Fold {
    expect(this.#decision).toStrictEqual({ event })
    expect(DomainEvent.parse(event)).toStrictEqual(event)
    return fold(...this.#past, event)
  }

  changesNothing(): void {
    expect(this.#decision).toStrictEqual({ event: undefined })
  }

  /** Exactly this refusal; without `details` it has none. */
  refuses(code: ErrorCode, message: string, details?: ErrorDetails): void {
    const refusal = { error: true, message, code, ...(details === undefined ? {} : { details }) }
    expect(this.#decision).toStrictEqual({ refusal })
  }
}

/** What is true when the first `durable` events are on disk and the rest is staged over them. */
const viewOf = (history: readonly Change[][], durable: number): ProjectState => {
  const committed = new ProjectState()
  const staged = committed.layer()
  for (const [offset, changes] of history.entries()) {
    const place = offset < durable ? committed : staged
    place.apply(changes, offset)
  }
  return staged
}
