import { type ArrayDelta, create, type DiffContext, type Filter } from 'jsondiffpatch'
import { format, type Op } from 'jsondiffpatch/formatters/jsonpatch'
import { canonical } from '../events/index.ts'
import { commonHead } from './common-head.ts'

/** One step of a JSON patch (RFC 6902). Patches made here add, remove and replace; they move nothing. */
export type PatchOperation = Op

/** Steps that turn one document into another, to be done in order. */
export type Patch = readonly PatchOperation[]

/** What turns `before` into `after`; empty when they are equal. Values in it are shared with `after`: not to be written to. */
export const patchBetween = (before: object, after: object): Patch =>
  before === after ? [] : format(differ.diff(before, after))

/**
 * To find the fewest steps between two lists takes time and memory for each pair of their items. Where there are more pairs
 * than this, after what is the same at both ends, the list is replaced as a whole.
 */
const maxPairs = 250_000

/** Items of lists are the same thing when they have the same id, and without one when they are equal. */
const keyOf = (item: object | null): string => {
  if (item === null) return 'null'
  return 'id' in item && typeof item.id === 'string' ? `#${item.id}` : canonical(item)
}

const isSame = (a: unknown, b: unknown): boolean =>
  a === b || (typeof a === 'object' && typeof b === 'object' && keyOf(a) === keyOf(b))

const commonTail = (a: readonly unknown[], b: readonly unknown[], head: number): number => {
  const shorter = Math.min(a.length, b.length) - head
  let tail = 0
  while (tail < shorter && isSame(a[a.length - 1 - tail], b[b.length - 1 - tail])) tail += 1
  return tail
}

const filter = (filterName: string, run: (context: DiffContext) => void): Filter<DiffContext> =>
  Object.assign(run, { filterName })

/**
 * Timelines and events only grow, and the longer one holds the very items of the shorter: that is told without a look into
 * them, ten thousand in microseconds.
 */
const grown = filter('grown', (context) => {
  const { left, right } = context
  if (!Array.isArray(left) || !Array.isArray(right)) return
  const head = commonHead(left, right)
  if (head < Math.min(left.length, right.length)) return
  const delta: ArrayDelta = { _t: 'a' }
  for (let i = head; i < right.length; i += 1) delta[i] = [right[i]]
  for (let i = head; i < left.length; i += 1) delta[`_${i}`] = [left[i], 0, 0]
  context.setResult(left.length === right.length ? undefined : delta).exit()
})

const tooDifferent = filter('too different', (context) => {
  const { left, right } = context
  if (!Array.isArray(left) || !Array.isArray(right)) return
  const head = commonHead(left, right, isSame)
  const ends = head + commonTail(left, right, head)
  if ((left.length - ends) * (right.length - ends) > maxPairs) context.setResult([left, right]).exit()
})

/** Else the differ would find in every object what all objects inherit, such as `toString`. */
const bare = filter('bare', (context) => {
  if (context.leftType !== 'object' || context.leftIsArray === true) return
  context.left = Object.assign(Object.create(null), context.left)
  context.right = Object.assign(Object.create(null), context.right)
})

// Moves are not looked for: to sort out a great many of them, the library gives up.
const differ = create({ objectHash: keyOf, arrays: { detectMove: false } })
differ.processor.pipes.diff.before('objects', bare).before('arrays', grown, tooDifferent)
