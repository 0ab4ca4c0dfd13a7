import { sha256 } from '../../src/platform/hash.ts'
import { filesOf } from '../support/simulated-disk/tree.ts'
import type { Case } from './inspect.ts'

const digests = new WeakMap<Uint8Array, string>()

const digestOf = (bytes: Uint8Array): string => {
  const digest = digests.get(bytes) ?? sha256(bytes)
  digests.set(bytes, digest)
  return digest
}

/** Tells cases apart in which a server could do something different, or should. */
export const fingerprint = ({ state, expected, kept }: Case): string =>
  sha256(
    [
      // What a cache holds may be written at any time, so no two of its states are alike.
      state.operations,
      ...[...filesOf(state)].map(([path, bytes]) => `${path} ${digestOf(bytes)}`).sort(),
      ...[...expected].map(([id, { attempted, acknowledged }]) => `${id} ${attempted?.draft.id} ${acknowledged}`),
      ...kept.map(digestOf),
    ].join('\n'),
  )
