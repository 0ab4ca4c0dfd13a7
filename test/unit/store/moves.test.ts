import { expect, it } from 'vitest'
import { openStore, quiet } from '../../support/store-fixture.ts'

it('whoever waits for a record is told when it is durable, and no sooner', async () => {
  const fixture = await openStore()
  const id = await fixture.givenProject()
  const { signal } = new AbortController()
  const seen: number[] = []
  const waiting = [0, 1, 2].map(async (offset) => {
    await fixture.store.moves.beyond(id, offset, signal)
    seen.push(offset)
    expect(fixture.store.positionOf(id).offset).toBeGreaterThan(offset)
  })
  await quiet()
  expect(seen).toEqual([0])

  fixture.log.hold()
  const created = fixture.givenTask(id)
  const append = await fixture.log.next()
  await quiet()
  expect(seen).toEqual([0])
  append.pass()
  await created
  await quiet()
  expect(seen).toEqual([0, 1])

  fixture.log.release()
  await fixture.givenTask(id)
  await Promise.all(waiting)
  expect(seen).toEqual([0, 1, 2])
})

it('whoever waits is let go when it is told to stop, and hears of no other project', async () => {
  const fixture = await openStore()
  const [id, other] = [await fixture.givenProject(), await fixture.givenProject()]
  const stop = new AbortController()
  let isOver = false
  const waiting = fixture.store.moves.beyond(id, 1, stop.signal).then(() => {
    isOver = true
  })
  await fixture.givenTask(other)
  await quiet()
  expect(isOver).toBe(false)
  stop.abort()
  await waiting
  await fixture.store.moves.beyond(id, 1, stop.signal)
})
