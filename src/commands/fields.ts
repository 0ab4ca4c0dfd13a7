import { canonical } from '../../events/index.ts'

/** Every field optional; one that a parser left as undefined counts as not given. */
export type Asked<T> = { readonly [K in keyof T]?: T[K] | undefined }

/** The fields that are given. Events carry no undefined, which JSON could not. */
export const given = <T extends object>(asked: Asked<T>): Partial<T> => {
  const fields: Partial<T> = {}
  for (const key in asked) {
    const value = asked[key]
    if (value !== undefined) fields[key] = value
  }
  return fields
}

/** The fields that are given and differ from what is. */
export const changed = <T extends object>(present: T, asked: Asked<T>): Partial<T> => {
  const changes: Partial<T> = {}
  for (const key in asked) {
    const value = asked[key]
    if (value !== undefined && !same(value, present[key])) changes[key] = value
  }
  return changes
}

/** The keys of a merge patch, one level deep, that change something; null takes a key away. */
export const patch = <V>(
  present: Readonly<Record<string, V>>,
  asked: Readonly<Record<string, V | null>>,
): Record<string, V | null> =>
  Object.fromEntries(
    Object.entries(asked).filter(([key, value]) =>
      value === null ? Object.hasOwn(present, key) : !same(value, present[key]),
    ),
  )

export const isEmpty = (fields: object): boolean => Object.keys(fields).length === 0

/** Whether two JSON values are equal, whatever the order of their keys. */
export const same = (a: unknown, b: unknown): boolean =>
  a === b || (isObject(a) && isObject(b) && canonical(a) === canonical(b))

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
