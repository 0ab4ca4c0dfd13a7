/** How deep JSON from outside may nest. */
export const maxDepth = 64

/**
 * What JSON allows and nothing behind its reader should have to think of: `__proto__` as a key, numbers beyond a double,
 * deep nesting. Says what a value does wrong, to be read after its name; undefined for a safe one. The depth is checked on
 * the way down, so the recursion is bounded.
 */
export const unsafeIn = (value: object, depth = 1): string | undefined => {
  if (depth > maxDepth) return `is nested more than ${maxDepth} levels deep`
  if (Object.hasOwn(value, '__proto__')) return 'holds the key __proto__'
  for (const member of Object.values(value)) {
    if (typeof member === 'number' && !Number.isFinite(member)) return 'holds a number that is too large'
    const unsafe = typeof member === 'object' && member !== null ? unsafeIn(member, depth + 1) : undefined
    if (unsafe !== undefined) return unsafe
  }
  return undefined
}
