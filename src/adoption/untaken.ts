import { isObject } from './old-entity.ts'

/**
 * The fields of a file that an entity does not have, or not with the same value, by their paths: `strategy`,
 * `timeline[].metadata`. What is null says nothing, so that it is never missed; an entity may have more than its file.
 */
export const untaken = (old: unknown, taken: unknown): ReadonlySet<string> => new Set(differing(old, taken, ''))

function* differing(old: unknown, taken: unknown, path: string): Generator<string> {
  if (old === null || old === taken) return
  if (Array.isArray(old) && Array.isArray(taken)) {
    for (const [index, member] of old.entries()) yield* differing(member, taken[index], `${path}[]`)
  } else if (isObject(old) && isObject(taken)) {
    const members = new Map(Object.entries(taken))
    for (const [key, member] of Object.entries(old)) {
      yield* differing(member, members.get(key), path === '' ? key : `${path}.${key}`)
    }
  } else {
    yield path
  }
}
