import { basename, dirname } from 'node:path'
import { segmentBase, snapshotOffset } from '../../src/log/format.ts'
import { filesOf } from '../support/simulated-disk/tree.ts'
import { lengthOf } from './attempt.ts'
import type { Case, Inspection } from './inspect.ts'

const pathsOf = ({ state }: Case): string[] => [...filesOf(state).keys()]

/**
 * What may be special about the state of a disk, and whether it is: whoever has checked many states without coming across
 * each of these has missed something.
 */
const traits: ReadonlyArray<readonly [name: string, has: (one: Case, inspection: Inspection) => boolean]> = [
  ['of several projects', (_, { recovered }) => recovered.size > 1],
  [
    'with a log of several segments',
    (one) => {
      const logs = pathsOf(one).flatMap((path) => (segmentBase(basename(path)) === undefined ? [] : dirname(path)))
      return new Set(logs).size < logs.length
    },
  ],
  ['with a snapshot', (one) => pathsOf(one).some((path) => snapshotOffset(basename(path)) !== undefined)],
  ['with entity files behind', (_, { isBehind }) => isBehind],
  ['with a torn write to repair', (_, { taken }) => taken.length > 0],
  [
    'without all that was attempted',
    ({ expected }, { recovered }) =>
      [...expected].some(([id, { attempted }]) => lengthOf(recovered.get(id)) < lengthOf(attempted)),
  ],
  ['after a kill', ({ after }) => after === 'kill'],
  ['after a power cut in a recovery', ({ after }) => after === 'power cut in a recovery'],
]

/** How many states had each trait. */
export class TraitCounts {
  readonly #counts = new Map(traits.map(([name]) => [name, 0]))

  add(one: Case, inspection: Inspection): void {
    for (const [name, has] of traits) {
      if (has(one, inspection)) this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1)
    }
  }

  /** Traits that no state had. */
  get missing(): string[] {
    return [...this.#counts].filter(([, count]) => count === 0).map(([name]) => name)
  }

  toString(): string {
    return [...this.#counts].map(([name, count]) => `${count} ${name}`).join(', ')
  }
}
