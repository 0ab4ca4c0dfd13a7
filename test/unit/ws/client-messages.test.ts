import { describe, expect, it } from 'vitest'
import { hear } from '../../../src/ws/client-messages.ts'
import { subscriptionIn, tokenIn } from '../../../src/ws/upgrade-url.ts'

const hash = 'a'.repeat(64)
const manner = { view: 'entities' }

describe('what a client says', () => {
  it.each([
    [{ type: 'ping' }, {}],
    [
      { type: 'subscribe', projectId: 'p' },
      { from: 'start', ...manner },
    ],
    [{ type: 'subscribe', projectId: 'p', from: 12 }, manner],
    [{ type: 'subscribe', projectId: 'p', from: '12' }, manner],
    [
      { type: 'subscribe', projectId: 'p', from: `12:${hash}`, view: 'records', types: ['task:*', 'session:created'] },
      {},
    ],
    [
      { type: 'subscribe', projectId: '*' },
      { cursors: {}, else: 'start', ...manner },
    ],
    [{ type: 'subscribe', projectId: '*', cursors: { p: 1, q: 'now', r: `1:${hash}` }, else: 'now' }, manner],
    [{ type: 'unsubscribe', projectId: 'p' }, {}],
    [{ type: 'unsubscribe', projectId: '*' }, {}],
  ])('is understood: %j', (message, more) => {
    expect(hear(JSON.stringify(message))).toEqual({ kind: 'message', message: { ...message, ...more } })
  })

  it.each([
    ['', 'Known messages: {"type":"ping"}'],
    [{ type: 'dance' }, 'Known messages: {"type":"ping"}'],
    [{ type: 'subscribe' }, 'subscribe: projectId: '],
    [{ type: 'subscribe', projectId: 'no such/id' }, 'subscribe: projectId: must match'],
    [{ type: 'subscribe', projectId: 'p', from: -1 }, 'subscribe: from: '],
    [{ type: 'subscribe', projectId: 'p', from: 1.5 }, 'subscribe: from: '],
    [{ type: 'subscribe', projectId: 'p', from: '-1' }, 'subscribe: from: must be an offset, "start", "now"'],
    [{ type: 'subscribe', projectId: 'p', from: 2 ** 53 }, 'subscribe: from: '],
    [{ type: 'subscribe', projectId: 'p', from: '1:abc' }, 'subscribe: from: must be'],
    [{ type: 'subscribe', projectId: 'p', view: 'lines' }, 'subscribe: view: '],
    [{ type: 'subscribe', projectId: 'p', types: [] }, 'subscribe: types: '],
    [{ type: 'subscribe', projectId: 'p', types: ['task'] }, 'subscribe: types.0: must be a type such as'],
    [{ type: 'subscribe', projectId: '*', cursors: { p: -1 } }, 'subscribe: cursors.p: '],
    [{ type: 'subscribe', projectId: '*', cursors: { '../p': 1 } }, 'subscribe: cursors.../p: '],
    [{ type: 'subscribe', projectId: '*', from: 1 }, 'subscribe: from is for one project'],
    [{ type: 'subscribe', projectId: 'p', cursors: {} }, 'subscribe: cursors and else are for "*"'],
    [{ type: 'subscribe', projectId: 'p', else: 'now' }, 'subscribe: cursors and else are for "*"'],
    [{ type: 'unsubscribe' }, 'unsubscribe: projectId: '],
  ])('is refused in words that name what is wrong: %j', (message, problem) => {
    const heard = hear(typeof message === 'string' ? message : JSON.stringify(message))
    expect(heard).toEqual({ kind: 'problem', problem: expect.stringContaining(problem) })
  })

  it('is not said back at length', () => {
    const heard = hear(JSON.stringify({ type: 'subscribe', projectId: '*', cursors: { ['/'.repeat(60_000)]: 1 } }))
    expect(JSON.stringify(heard).length).toBeLessThan(600)
  })
})

describe('the URL of an upgrade', () => {
  it.each(['/', '/any/path?and=query', undefined, '/?token=x'])('may ask for no subscription: %s', (url) => {
    expect(subscriptionIn(url)).toBeUndefined()
  })

  it.each([
    ['/?projectId=p', { projectId: 'p', from: 'start', ...manner }],
    [`/?projectId=p&from=7:${hash}`, { projectId: 'p', from: `7:${hash}`, ...manner }],
    [
      '/ws?projectId=*&from=now&view=records&types=task:*,session:created&token=x',
      { projectId: '*', cursors: {}, else: 'now', view: 'records', types: ['task:*', 'session:created'] },
    ],
  ])('may ask for one: %s', (url, subscription) => {
    expect(subscriptionIn(url)).toEqual({ type: 'subscribe', ...subscription })
  })

  it.each([
    ['/?from=5', ['projectId']],
    ['/?projectId=', ['projectId']],
    ['/?projectId=p&from=-1&view=x&types=', ['from', 'view', 'types.0']],
  ])('is refused by the names of what is wrong: %s', (url, paths) => {
    expect(subscriptionIn(url)).toMatchObject({ code: 'VALIDATION_ERROR', details: paths.map((path) => ({ path })) })
  })

  it('may bring a token', () => {
    expect(tokenIn('/?projectId=p&token=secret')).toBe('secret')
    expect(tokenIn('/')).toBeUndefined()
  })
})
