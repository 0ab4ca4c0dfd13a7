import stableStringify from 'fast-json-stable-stringify'

/** JSON with sorted keys and no white space: equal values have equal bytes, and so equal digests. */
export const canonical = (value: object): string => stableStringify(value)
