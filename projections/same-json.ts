/** Whether two JSON values say the same. Keys have no order. */
export const sameJson = (a: unknown, b: unknown): boolean => {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) return Array.isArray(a) && Array.isArray(b) && sameLists(a, b)
  const [own, other] = [Object.entries(a), new Map(Object.entries(b))]
  return own.length === other.size && own.every(([key, value]) => other.has(key) && sameJson(value, other.get(key)))
}

const sameLists = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((item, i) => sameJson(item, b[i]))
