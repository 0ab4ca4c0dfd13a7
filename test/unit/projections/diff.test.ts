import fc from 'fast-check'
import { applyPatch } from 'rfc6902'
import { describe, expect, it } from 'vitest'
import { type Delta, deltaOf, diffStates, effectOf } from '../../../projections/history.ts'
import { intents } from '../../support/intents.ts'
import { documentsIn, pastOf } from '../../support/past.ts'
import { projectId } from '../../support/vocabulary.ts'

/** Does to documents what deltas say. Each must fit what is there. */
const applied = (documents: Map<string, object>, deltas: Iterable<Delta>): Map<string, object> => {
  const result = new Map(documents)
  for (const delta of deltas) {
    const key = `${delta.kind} ${delta.id}`
    const before = result.get(key)
    expect(before === undefined, key).toBe(delta.change === 'created')
    if (delta.change === 'created') result.set(key, delta.entity)
    else if (delta.change === 'deleted') result.delete(key)
    else {
      const document = structuredClone(before ?? {})
      const outcome = applyPatch(document, structuredClone([...delta.patch]))
      expect(outcome).toEqual(delta.patch.map(() => null))
      result.set(key, document)
    }
  }
  return result
}

const byKey = (documents: Map<string, object>) => Object.fromEntries([...documents].sort())

const two = fc.tuple(fc.nat(), fc.nat())

describe('the difference between two states of a log', () => {
  it('turns the one into the other, whichever came first', () => {
    fc.assert(
      fc.property(intents(30), two, (plan, [one, other]) => {
        const past = pastOf(plan)
        const place = (n: number): number => n % (past.records.length + 1)
        const [before, after] = [past.stateBefore(place(one)), past.stateBefore(place(other))]
        const deltas = [...diffStates(before, after)]
        expect(byKey(applied(documentsIn(before), deltas))).toEqual(byKey(documentsIn(after)))
      }),
      { numRuns: 100 },
    )
  })

  it('is nothing between a state and itself, and all of it from nothing', () => {
    const past = pastOf([])
    const state = past.stateBefore(past.records.length)
    expect([...diffStates(state, past.stateBefore(past.records.length))]).toEqual([])
    const all = [...diffStates(past.stateBefore(0), state)]
    expect(all.map(({ change }) => change)).toEqual(all.map(() => 'created'))
    expect(all[0]).toMatchObject({ kind: 'project', id: projectId })
    expect([...diffStates(state, past.stateBefore(0))].map(({ change }) => change)).toEqual(all.map(() => 'deleted'))
  })
})

describe('the effect of a record', () => {
  it('turns the state before it into the state after it', () => {
    fc.assert(
      fc.property(intents(20), fc.nat(), (plan, n) => {
        const past = pastOf(plan)
        const offset = n % past.records.length
        const record = past.records[offset]
        if (record === undefined) throw new Error('there is no such record')
        const before = past.stateBefore(offset)
        const effect = effectOf(before, record)
        expect(effect).toEqual(past.changes[offset]?.map(deltaOf))
        expect(byKey(applied(documentsIn(before), effect))).toEqual(byKey(documentsIn(past.stateBefore(offset + 1))))
      }),
      { numRuns: 100 },
    )
  })
})
