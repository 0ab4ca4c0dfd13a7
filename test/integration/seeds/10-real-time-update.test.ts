import { expect, it } from 'vitest'
import { makerOf, taskIn } from '../../support/entities.ts'
import { heardSoFar } from '../../support/frames.ts'
import { sharedServer } from '../../support/shared-server.ts'
import { step } from '../../support/step.ts'

const server = sharedServer()
const { call } = server

it('Real-time Update Flow: Multiple UIs observing same project', async () => {
  const make = makerOf(call)
  const { id } = await make.task((await make.project()).id)
  const uis = [await server.listen(), await server.listen(), await server.listen()]

  const task = await step('Worker: PATCH /api/tasks/task_123 (status: in_progress)', async () =>
    taskIn(await call('PATCH', `/api/tasks/${id}`, { body: { status: 'in_progress' } })),
  )
  await step('Broadcast to all clients; each updates its task card', async () => {
    for (const ui of uis) expect(await ui.received(1)).toMatchObject([{ type: 'task:updated', data: task }])
  })
  await step('All connected UIs stay in sync, in the same order', async () => {
    const titles = ['A', 'B', 'C', 'D', 'E']
    await Promise.all(titles.map((title) => call('PATCH', `/api/tasks/${id}`, { body: { title } })))
    const [first, ...others] = await Promise.all(
      uis.map(async (ui) => {
        await ui.received(1 + titles.length)
        return heardSoFar(ui)
      }),
    )
    expect(first).toHaveLength(1 + titles.length)
    for (const other of others) expect(other).toEqual(first)
    expect(first?.at(-1)?.data).toEqual((await call('GET', `/api/tasks/${id}`)).body)
  })
})
