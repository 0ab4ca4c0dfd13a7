import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../src/errors.ts'
import { Gate, type Pass } from '../../../src/http/gate.ts'
import { Count } from '../../../src/platform/metrics.ts'

const setUp = (loopDelay: () => number = () => 0) => {
  const refusals = { writes: new Count(), bytes: new Count(), loopDelay: new Count() }
  const gate = new Gate({ limits: { writes: 2, bytes: 100, loopDelay: 50 }, loopDelay, refusals })
  const refused = () => [refusals.writes.value, refusals.bytes.value, refusals.loopDelay.value]
  return { gate, refused }
}

const limited = expect.objectContaining({ code: 'RATE_LIMITED' })

/** A write whose body has come. */
const enter = (gate: Gate, bytes = 0): Pass => {
  const pass = gate.admit()
  pass.hold(bytes)
  pass.enter()
  return pass
}

describe('the gate', () => {
  it('lets in as many writes as there may be, and more as soon as one is over', () => {
    const { gate, refused } = setUp()
    const [first] = [enter(gate), enter(gate)]
    expect(() => gate.admit()).toThrow(limited)
    first.leave()
    enter(gate)
    expect(gate.writes).toBe(2)
    expect(refused()).toEqual([1, 0, 0])
  })

  it('counts a write from when its body is there: many may send slowly, and keep nobody out', () => {
    const { gate } = setUp()
    const slow = [gate.admit(), gate.admit(), gate.admit()]
    expect(gate.writes).toBe(0)
    enter(gate).leave()
    slow[0]?.enter()
    slow[1]?.enter()
    expect(() => slow[2]?.enter()).toThrow(limited)
    slow[2]?.leave()
    expect(gate.writes).toBe(2)
  })

  it('lets in as many bytes of bodies as there may be, those still arriving included', () => {
    const { gate, refused } = setUp()
    const [arriving, another] = [gate.admit(), gate.admit()]
    arriving.hold(60)
    expect(() => another.hold(60)).toThrow(limited)
    another.leave()
    expect(gate.bytes).toBe(60)
    arriving.hold(40)
    expect(() => gate.admit()).toThrow(limited)
    arriving.leave()
    enter(gate, 100)
    expect(refused()).toEqual([0, 2, 0])
  })

  it('lets nothing in while the server is late with everything', () => {
    let delay = 51
    const { gate, refused } = setUp(() => delay)
    expect(() => gate.admit()).toThrow(limited)
    expect(refused()).toEqual([0, 0, 1])
    delay = 50
    enter(gate)
  })

  it('never holds more than its limits, and nothing once all is over, whatever happens in which order', () => {
    const step = fc.record({
      act: fc.constantFrom('admit', 'hold', 'enter', 'leave'),
      which: fc.nat(5),
      bytes: fc.nat(60),
    })
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const { gate } = setUp()
        const passes: Pass[] = []
        const entered = new Set<Pass>()
        for (const { act, which, bytes } of steps) {
          const pass = passes[which % Math.max(1, passes.length)]
          try {
            if (act === 'admit') passes.push(gate.admit())
            else if (act === 'hold') pass?.hold(bytes)
            else if (act === 'leave') pass?.leave()
            else if (pass !== undefined && !entered.has(pass)) {
              pass.enter()
              entered.add(pass)
            }
          } catch (error) {
            if (!(error instanceof AppError)) throw error
            // Whoever is refused leaves.
            pass?.leave()
          }
          expect(gate.writes).toBeLessThanOrEqual(2)
          expect(gate.bytes).toBeLessThanOrEqual(100)
        }
        for (const pass of passes) pass.leave()
        expect([gate.writes, gate.bytes]).toEqual([0, 0])
      }),
    )
  })
})
