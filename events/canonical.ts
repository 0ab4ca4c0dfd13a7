import stableStringify from 'fast-json-stable-stringify'
import type { DomainEvent } from './domain.ts'

/** JSON with sorted keys and no white space: equal values have equal bytes, and so equal digests. */
export const canonical = (value: DomainEvent['data'] | object): string => stableStringify(value)
