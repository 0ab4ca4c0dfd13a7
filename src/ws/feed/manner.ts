import { allowing } from '../../../events/index.ts'
import type { TypeFilter, View } from '../protocol.ts'

/** How a subscription shows what happens. */
export interface Manner {
  readonly view: View
  /** What was asked for; undefined lets everything through. */
  readonly types: readonly TypeFilter[] | undefined
  /** Whether frames, or records, of a type are let through. */
  readonly allows: (type: string) => boolean
  /** The same for all that show the same. */
  readonly key: string
}

/** What plain listeners get: the plain frames, all of them. */
export const mannerOf = (view: View, types?: readonly TypeFilter[]): Manner => {
  const allows = allowing(types)
  if (types === undefined) return { view, types, allows, key: view }
  return { view, types, allows, key: `${view} ${[...new Set(types)].sort().join(',')}` }
}
