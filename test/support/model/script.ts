import fc from 'fast-check'
import { type Intent, intents } from '../intents.ts'

/** What happens to the write that a group of commands comes to. */
export type Fate = 'durable' | 'refused' | 'overtaken'

/** What comes with a command. */
export interface How {
  /** Repeats an earlier request that had a key instead, if there was one. */
  readonly again: number | undefined
  readonly key: string | undefined
  readonly match: 'current' | 'stale' | undefined
}

/** Commands to one project that are all sent before any is durable; `foreign` ones another server carries out first. */
export interface Group {
  readonly kind: 'group'
  readonly project: number
  readonly intents: readonly Intent[]
  readonly hows: readonly How[]
  readonly fate: Fate
  readonly foreign: readonly Intent[]
}

/** One thing that happens to a server. Numbers pick from what there is. */
export type Step =
  | Group
  | { readonly kind: 'create'; readonly strict: boolean; readonly how: How }
  /** The next server starts with what this one leaves. */
  | { readonly kind: 'start' }
  | { readonly kind: 'snapshot' }
  | { readonly kind: 'clock'; readonly by: number }

const mostInGroup = 6

const rarely = <T>(weight: number, arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary })

const how: fc.Arbitrary<How> = fc.record({
  again: rarely(6, fc.nat({ max: 99 })),
  key: rarely(
    2,
    fc.nat({ max: 29 }).map((n) => `key-${n}`),
  ),
  match: rarely(8, fc.constantFrom('current' as const, 'stale' as const)),
})

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('group' as const),
      project: fc.nat({ max: 11 }),
      intents: intents(mostInGroup),
      hows: fc.array(how, { minLength: mostInGroup, maxLength: mostInGroup }),
      fate: fc.constantFrom<Fate>('durable', 'durable', 'durable', 'refused', 'overtaken'),
      foreign: intents(2),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('create' as const), strict: fc.boolean(), how }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('start' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('snapshot' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('clock' as const), by: fc.integer({ min: -5000, max: 5000 }) }),
  },
)

/** A command that makes something. */
const making = (type: Intent['type'], pick = 0, list?: readonly number[]): Intent => ({
  ...{ type, pick, list, other: 0, flag: pick > 0, text: type, entry: 'update', status: undefined },
  ...{ sessionStatus: undefined, priority: undefined, patch: undefined, metadata: undefined },
})
export const plainly: How = { again: undefined, key: undefined, match: undefined }

/** What every script begins with: two projects, one of them strict, with enough in them for most commands to find something. */
const opening: readonly Step[] = [
  { kind: 'start' },
  ...[false, true].map((strict): Step => ({ kind: 'create', strict, how: plainly })),
  ...[0, 1].flatMap((project) =>
    [
      [making('create-task'), making('create-task'), making('create-task'), making('create-task')],
      [making('create-task', 2, [0]), making('create-session', 0, [0, 1]), making('create-session')],
      [making('create-subtask', 1), making('link-task', 1)],
    ].map((all): Step => ({ kind: 'group', project, intents: all, hows: [], fate: 'durable', foreign: [] })),
  ),
  { kind: 'snapshot' },
]

export const scripts: fc.Arbitrary<Step[]> = fc
  .array(step, { minLength: 12, maxLength: 20, size: 'max' })
  .map((steps) => [...opening, ...steps])
