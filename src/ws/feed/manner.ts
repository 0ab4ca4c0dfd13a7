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
  if (types === undefined) return { view, types, allows: () => true, key: view }
  const wanted = new Set<string>(types)
  return {
    view,
    types,
    allows: (type) => wanted.has(type) || wanted.has(`${type.slice(0, type.indexOf(':'))}:*`),
    key: `${view} ${[...wanted].sort().join(',')}`,
  }
}
