import { z } from 'zod'
import { Instant } from '../../events/index.ts'
import type { Answer } from './api.ts'
import type { Listener } from './listener.ts'
import type { SharedServer } from './shared-server.ts'

/** The frame of a change, with every field that the contract names and no other. */
const ChangeFrame = z
  .strictObject({
    type: z.string(),
    event: z.string(),
    data: z.looseObject({}),
    timestamp: Instant,
    projectId: z.string(),
    offset: z.int().nonnegative(),
    hash: z.string().regex(/^[0-9a-f]{64}$/),
    part: z.int().optional(),
    parts: z.int().optional(),
  })
  .refine(({ type, event }) => type === event, 'event repeats type')
export type ChangeFrame = z.infer<typeof ChangeFrame>

/** All that a listener has heard when the server has answered its ping: nothing else is on its way. Once per listener. */
export const heardSoFar = async (listener: Listener): Promise<ChangeFrame[]> => {
  listener.socket.send('{"type":"ping"}')
  const frames = await listener.until(({ type }) => type === 'pong')
  return z.array(ChangeFrame).parse(frames.slice(0, -1))
}

/** What a new listener hears of one change, and that nothing follows. The answer's receipt says when all of it is there. */
export const framesOf = async (server: SharedServer, change: () => Promise<Answer>): Promise<ChangeFrame[]> => {
  const listener = await server.listen()
  const offset = Number((await change()).headers.get('maestro-offset'))
  await listener.until((frame) => frame.offset === offset && frame.part === frame.parts)
  return heardSoFar(listener)
}

/** The frames without what differs from run to run: their types with their data. */
export const contentOf = (frames: readonly ChangeFrame[]) => frames.map(({ type, data }) => ({ type, data }))
