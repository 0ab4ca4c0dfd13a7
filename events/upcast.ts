import { z } from 'zod'
import { DomainEvent, type EventType } from './domain.ts'

/** A version and an event as they stand in a line, before anything is known about them. */
export const StoredEvent = z.object({ v: z.int().positive(), type: z.string(), data: z.unknown() })
export type StoredEvent = z.infer<typeof StoredEvent>

/** Turns the event of one version into that of the next. */
export type Upcaster = (event: StoredEvent) => StoredEvent

/**
 * The steps from each version to the next; the step at index 0 leads from version 1 to 2. Old lines are brought up to
 * date when they are read and are never rewritten.
 */
export const upcasters: readonly Upcaster[] = []

export type Upcast =
  | { readonly kind: 'event'; readonly event: DomainEvent }
  /** A version or a record type that only a newer server knows. */
  | { readonly kind: 'newer'; readonly reason: string }
  | { readonly kind: 'malformed'; readonly reason: string }

const eventTypes: ReadonlySet<string> = new Set<EventType>(DomainEvent.options.map((option) => option.shape.type.value))

/** Brings a stored event to the present version. `steps` is a parameter so that the seam can be tested before it is needed. */
export const upcast = (stored: StoredEvent, steps: readonly Upcaster[] = upcasters): Upcast => {
  const present = steps.length + 1
  if (stored.v > present)
    return { kind: 'newer', reason: `record version ${stored.v}, this server reads up to ${present}` }
  const isPresent = stored.v === present
  const current = isPresent ? stored : steps.slice(stored.v - 1).reduce((event, step) => step(event), stored)
  if (!eventTypes.has(current.type)) return { kind: 'newer', reason: `unknown record type ${current.type}` }
  const parsed = DomainEvent.safeParse({ type: current.type, data: current.data })
  if (parsed.success) return { kind: 'event', event: parsed.data }
  return { kind: 'malformed', reason: `data of ${current.type}: ${z.prettifyError(parsed.error)}` }
}
