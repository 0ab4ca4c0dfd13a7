import fc from 'fast-check'
import { type JsonObject, Priority, SessionStatus, TaskStatus, TimelineType } from '../../events/index.ts'
import type { Command } from '../../src/commands/command.ts'

/** A command before it is known what there is to command: numbers pick from what exists, or something that does not. */
export interface Intent {
  readonly type: Exclude<Command['type'], 'create-project'>
  readonly pick: number
  readonly other: number
  readonly list: readonly number[] | undefined
  readonly flag: boolean
  readonly text: string | undefined
  readonly status: TaskStatus | undefined
  readonly sessionStatus: SessionStatus | undefined
  readonly priority: Priority | undefined
  readonly entry: TimelineType
  readonly patch: Record<string, string | null> | undefined
  readonly metadata: JsonObject | undefined
}

const weights: Record<Intent['type'], number> = {
  'update-project': 1,
  'delete-project': 1,
  'create-task': 8,
  'update-task': 16,
  'delete-task': 3,
  'add-timeline-entry': 2,
  'create-subtask': 3,
  'update-subtask': 3,
  'delete-subtask': 1,
  'create-session': 5,
  'spawn-session': 2,
  'update-session': 8,
  'add-session-event': 3,
  'delete-session': 2,
  'link-task': 5,
  'unlink-task': 3,
}
const isType = (type: string): type is Intent['type'] => type in weights
const types = Object.entries(weights).flatMap(([type, weight]) =>
  isType(type) ? [{ arbitrary: fc.constant(type), weight }] : [],
)

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
const key = fc.constantFrom('A', 'B', 'C', 'toString')
const small = fc.nat({ max: 39 })

export const intents = (maxLength: number): fc.Arbitrary<Intent[]> =>
  fc.array(
    fc.record<Intent>({
      type: fc.oneof(...types),
      pick: small,
      other: small,
      list: maybe(fc.array(small, { maxLength: 4 })),
      flag: fc.boolean(),
      text: maybe(fc.constantFrom('', 'a', 'b', '\u2028"\\')),
      status: maybe(fc.constantFrom(...TaskStatus.options)),
      sessionStatus: maybe(fc.constantFrom(...SessionStatus.options)),
      priority: maybe(fc.constantFrom(...Priority.options)),
      entry: fc.constantFrom(...TimelineType.options),
      patch: maybe(fc.dictionary(key, fc.constantFrom('1', '2', null), { maxKeys: 3 })),
      metadata: maybe(fc.dictionary(key, fc.constantFrom(null, 1, 'x', { deep: [1, { er: null }] }), { maxKeys: 3 })),
    }),
    { maxLength, size: 'max' },
  )
