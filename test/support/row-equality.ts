import { expect } from 'vitest'
import { Row } from '../../projections/row.ts'

/** What a row is. Its entity may only be parsed once somebody looks at it, so comparing its fields would not see it. */
const told = (value: unknown): unknown =>
  value instanceof Row ? { entity: value.entity, version: value.version, created: value.created } : value

expect.addEqualityTesters([
  function sameRow(a, b, testers) {
    return a instanceof Row || b instanceof Row ? this.equals(told(a), told(b), testers) : undefined
  },
])
