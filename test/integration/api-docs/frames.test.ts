import { Ajv } from 'ajv'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { asyncApi } from '../../../src/api-docs/asyncapi.ts'
import { version } from '../../../src/package.ts'
import { makerOf } from '../../support/entities.ts'
import { closed } from '../../support/json-documents.ts'
import { oneOfEverything } from '../../support/one-of-everything.ts'
import { sharedServer } from '../../support/shared-server.ts'

const server = sharedServer({ SKILLS_DIR: '$DATA/none' })

const Messages = z.object({ components: z.object({ messages: z.record(z.string(), z.object({ name: z.string() })) }) })
const document = asyncApi({ version })
const names = Object.values(Messages.parse(document).components.messages).map(({ name }) => name)

const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true })
ajv.addSchema(z.looseObject({}).parse(closed(document)), 'asyncapi')

it('the AsyncAPI document has every plain frame as it is sent, with no field more', async () => {
  const listener = await server.listen()
  listener.socket.send('{"type":"ping"}')
  listener.socket.send('{"type":"nonsense"}')
  await oneOfEverything(server.call)
  const last = await makerOf(server.call).project({ name: 'The last' })
  const frames = await listener.until((frame) => frame.projectId === last.id)

  for (const frame of frames) {
    const message = frame.type.replace(':', '.')
    const validate = ajv.compile({ $ref: `asyncapi#/components/messages/${message}/payload` })
    expect(validate(frame) ? [] : validate.errors, JSON.stringify(frame).slice(0, 500)).toEqual([])
  }
  // Only these are told to those who subscribe.
  const heard = new Set([...frames.map(({ type }) => type), 'subscribed', 'caught_up', 'heartbeat', 'records'])
  expect(names.filter((name) => !heard.has(name)).sort()).toEqual(['ping', 'subscribe', 'unsubscribe'])
})
