import { describe, expect, it } from 'vitest'
import { startStreamServer } from '../../support/stream-server.ts'

/** A server whose clock goes on by so much at every look, and whose rests end when a test says so. */
const setUp = async (perLook: number) => {
  const [rests, ends]: [number[], Array<() => void>] = [[], []]
  let now = 0
  const server = await startStreamServer(
    {},
    {
      stopwatch: () => {
        now += perLook
        return now
      },
      pause: (ms) => {
        rests.push(ms)
        return new Promise((resolve) => ends.push(resolve))
      },
    },
  )
  const project = await server.fixture.givenProject()
  const client = await server.connect()
  const tasks = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i += 1) await server.fixture.givenTask(project)
  }
  const seen = async (): Promise<number> => (await client.soFar()).filter(({ type }) => type === 'task:created').length
  return { rests, tasks, client, seen, endRest: () => ends.shift()?.() }
}

describe('after frames were sent', () => {
  it('those that come next gather, four times as long as that took, and are then sent', async () => {
    const { rests, tasks, client, seen, endRest } = await setUp(1)
    await tasks(1)
    await client.upTo('task:created')
    await tasks(3)
    expect(await seen()).toBe(1)
    // A look at the clock has passed of the four that sending took one of.
    expect(rests).toEqual([3])
    endRest()
    await client.upTo('task:created', 4)
    expect(rests).toHaveLength(1)
  })

  it('they gather for 25 milliseconds at most', async () => {
    const { rests, tasks, client, seen } = await setUp(10)
    await tasks(1)
    await client.upTo('task:created')
    await tasks(1)
    expect(await seen()).toBe(1)
    expect(rests).toEqual([15])
  })

  it('they do not wait when that took no time', async () => {
    const { rests, tasks, client } = await setUp(0)
    await tasks(5)
    await client.upTo('task:created', 5)
    expect(rests).toEqual([])
  })
})
