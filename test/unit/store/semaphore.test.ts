import { describe, expect, it } from 'vitest'
import { Semaphore } from '../../../src/store/semaphore.ts'
import { Arrivals } from '../../support/arrivals.ts'
import { quiet } from '../../support/store-fixture.ts'

const { signal } = new AbortController()

/** Work that a test ends, and a count of how much of it is under way. */
const worksite = () => {
  const begun = new Arrivals<() => void>()
  let underWay = 0
  let most = 0
  const work = async (name: string): Promise<string> => {
    underWay += 1
    most = Math.max(most, underWay)
    await new Promise<void>((resolve) => begun.push(resolve))
    underWay -= 1
    return name
  }
  return {
    begun,
    work,
    get most() {
      return most
    },
  }
}

describe('a gate', () => {
  it('lets so many in at a time, and the others in the order in which they came', async () => {
    const gate = new Semaphore(2, 10)
    const site = worksite()
    const done: string[] = []
    const all = ['a', 'b', 'c', 'd', 'e'].map(async (name) => {
      done.push(await gate.pass(() => site.work(name), signal))
    })
    for (let i = 0; i < 5; i += 1) (await site.begun.next())()
    await Promise.all(all)
    expect(done).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(site.most).toBe(2)
  })

  it('takes nobody into a line that is too long', async () => {
    const gate = new Semaphore(1, 1)
    const site = worksite()
    const [inside, waiting] = [gate.pass(() => site.work('a'), signal), gate.pass(() => site.work('b'), signal)]
    await expect(gate.pass(() => site.work('c'), signal)).rejects.toMatchObject({ code: 'RATE_LIMITED', status: 429 })
    for (let i = 0; i < 2; i += 1) (await site.begun.next())()
    expect(await Promise.all([inside, waiting])).toEqual(['a', 'b'])
    const again = gate.pass(() => site.work('d'), signal)
    ;(await site.begun.next())()
    expect(await again).toBe('d')
  })

  it('does nothing for whoever has gone, and passes the place on after a failure', async () => {
    const gate = new Semaphore(1, 10)
    const site = worksite()
    const gone = new AbortController()
    const failing = gate.pass(() => Promise.reject(new Error('broken')), signal)
    const left = gate.pass(() => site.work('left'), gone.signal)
    const patient = gate.pass(() => site.work('patient'), signal)
    gone.abort()
    await expect(failing).rejects.toThrow('broken')
    await expect(left).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' })
    ;(await site.begun.next())()
    expect(await patient).toBe('patient')
    await quiet()
    expect(site.most).toBe(1)
  })
})
