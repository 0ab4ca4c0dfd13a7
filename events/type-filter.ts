import { z } from 'zod'

/** The longest list of type filters. */
export const maxTypes = 64

/** A type such as `task:updated`, or `task:*` for all that start so. */
export const TypeFilter = z
  .string()
  .max(64)
  .regex(/^[a-z]+:(?:\*|[a-z_]+)$/, 'must be a type such as task:updated, or task:* for all of a kind')
export type TypeFilter = z.infer<typeof TypeFilter>

/** Whether a list of filters lets a type through; without a list, all of them pass. */
export const allowing = (types: readonly TypeFilter[] | undefined): ((type: string) => boolean) => {
  if (types === undefined) return () => true
  const wanted = new Set<string>(types)
  return (type) => wanted.has(type) || wanted.has(`${type.slice(0, type.indexOf(':'))}:*`)
}
