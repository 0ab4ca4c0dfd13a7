import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { operations } from '../../../src/http/app.ts'
import type { Operation } from '../../../src/http/operation.ts'
import { sharedServer } from '../../support/shared-server.ts'
import { anyGround, expectServed, type Ground, layGround, pathOf, servedBy, validBodyOf } from './ground.ts'
import { name, objectText, value, valueFor, withIds } from './json-text.ts'
import { isWrite } from './nonsense/kind.ts'
import { expectRefusal } from './refusal.ts'

// Neither rules nor folds know how soon a record is on disk.
const server = sharedServer({ FSYNC: 'never' })
let ground: Ground = anyGround
beforeAll(async () => {
  ground = await layGround(server.call)
})

/** What is sent: to an operation, fields over those of a valid body, or all by themselves; now and then cut short. */
interface Shot {
  readonly operation: Operation
  readonly isBased: boolean
  readonly fields: ReadonlyArray<readonly [string, string]>
  readonly cutAt: number | undefined
}

const shotAt = (operation: Operation): fc.Arbitrary<Shot> => {
  const known = Object.entries(operation.body.shape).map(([key, schema]) =>
    fc.tuple(fc.constant(key), valueFor(schema)),
  )
  return fc.record({
    operation: fc.constant(operation),
    isBased: fc.boolean(),
    fields: fc.array(fc.oneof(...known, fc.tuple(name, value)), { maxLength: 5 }),
    cutAt: fc.oneof({ weight: 30, arbitrary: fc.constant(undefined) }, fc.nat(60)),
  })
}

const shots = fc.oneof(...operations.filter(isWrite).map(shotAt))

/** The text of a body. Of a field that stands in it twice, the last counts. */
const bodyOf = ({ operation, isBased, fields, cutAt }: Shot): string => {
  const base = Object.entries(isBased ? validBodyOf(operation, ground) : {})
  const text = objectText([...base.map(([key, given]) => [key, JSON.stringify(given)] as const), ...fields])
  return withIds(text, ground).slice(0, cutAt)
}

describe('whatever is sent to be stored', () => {
  const answered = { yes: 0, no: 0 }
  let isGone = false

  const shoot = async (shot: Shot): Promise<void> => {
    const { operation } = shot
    if (isGone) ground = await layGround(server.call)
    const answer = await server.call(operation.method.toUpperCase(), pathOf(operation, ground), {
      headers: { 'content-type': 'application/json' },
      body: bodyOf(shot),
    })
    expect(answer.status, answer.text).toBeLessThan(500)
    if (answer.status < 400) operation.answers.parse(answer.body)
    else expectRefusal(answer, { status: answer.status, code: /./ })
    answered[answer.status < 400 ? 'yes' : 'no'] += 1
    isGone = operation.method === 'delete' && answer.status < 400
  }

  it('is stored or refused in the form of the contract, and what is served is what the log rebuilds', async () => {
    let underWay = Promise.resolve()
    const property = fc.asyncProperty(shots, (shot) => {
      underWay = shoot(shot)
      return underWay
    })
    await fc.assert(property, { numRuns: 2000, interruptAfterTimeLimit: 12_000 })
    // A run that the time limit interrupts is not waited for.
    await underWay
    // Were all of it refused, or nothing, little would have been tried.
    expect(Math.min(answered.yes, answered.no)).toBeGreaterThan((answered.yes + answered.no) / 10)
    expect(server.process.logs.filter(({ level }) => level === 'error')).toEqual([])
    const served = await servedBy(server)
    await server.restart('kill')
    await expectServed(server, served)
  })
})
