import type { Json } from '../../events/index.ts'

/** The names and indices that a JSON pointer (RFC 6901) goes through; undefined for what is none, and for all of a document. */
export const tokensOf = (pointer: string): readonly string[] | undefined =>
  /^(?:\/(?:[^~/]|~[01])*)+$/.test(pointer)
    ? pointer
        .slice(1)
        .split('/')
        .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
    : undefined

/** What stands at a place of a document; undefined for a place that it does not have. */
export const valueAt = (document: Json, tokens: readonly string[]): Json | undefined => {
  let value: Json | undefined = document
  for (const token of tokens) value = value === undefined ? undefined : memberOf(value, token)
  return value
}

const memberOf = (value: Json, token: string): Json | undefined => {
  if (typeof value !== 'object' || value === null) return undefined
  if (!Array.isArray(value)) return Object.hasOwn(value, token) ? value[token] : undefined
  return /^(?:0|[1-9][0-9]*)$/.test(token) ? value[Number(token)] : undefined
}

/** The same document with another value at a place that it has. */
export const withValueAt = (document: Json, [first, ...rest]: readonly string[], value: Json): Json => {
  if (first === undefined) return value
  if (typeof document !== 'object' || document === null) return document
  if (Array.isArray(document)) {
    return document.map((member, i) => (String(i) === first ? withValueAt(member, rest, value) : member))
  }
  return Object.fromEntries(
    Object.entries(document).map(([key, member]) => [key, key === first ? withValueAt(member, rest, value) : member]),
  )
}

/** A value in a document, and where it is. */
export interface Leaf {
  readonly pointer: string
  readonly value: string | number | boolean | null
}

/** Everything in a document that holds nothing else. The documents are those of records, and so not nested deeply. */
export const leavesOf = (document: Json, pointer = ''): Leaf[] => {
  if (typeof document !== 'object' || document === null) return [{ pointer, value: document }]
  return Object.entries(document).flatMap(([key, member]) =>
    leavesOf(member, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  )
}
