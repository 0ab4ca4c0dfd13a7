import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import express from 'express'
import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { AppError } from '../../../src/errors.ts'
import { handlerOf } from '../../../src/http/handler.ts'
import { createTurns } from '../../../src/http/loop-turns.ts'
import { none, operation } from '../../../src/http/operation.ts'
import type { DocumentReply, Reply, StreamReply } from '../../../src/http/reply.ts'
import { createHttpServer } from '../../../src/http/server.ts'
import { systemStopwatch } from '../../../src/platform/clock.ts'
import { sha256 } from '../../../src/platform/hash.ts'
import { type LogFields, silentLogger } from '../../../src/platform/logger.ts'
import type { Pause } from '../../../src/platform/timers.ts'
import { testServices, urlOfApp } from '../../support/app.ts'
import { Arrivals } from '../../support/arrivals.ts'
import { refusalIn } from '../../support/entities.ts'
import { ManualPauses } from '../../support/manual-pauses.ts'
import { openGate } from '../../support/open-gate.ts'
import { rawCall } from '../../support/raw-http.ts'
import { quiet } from '../../support/store-fixture.ts'

/** Serves one operation at `/one`, which answers as `run` says, for the rest of the test. */
const serve = async (
  run: (dismissal: () => AbortSignal) => Reply | Promise<Reply>,
  pause: Pause = new ManualPauses().pause,
) => {
  const errors: LogFields[] = []
  const closing = new AbortController()
  const one = operation({
    ...{ method: 'get', path: '/one', name: 'getOne', tag: 'System', summary: 'One' },
    ...{ params: none, query: none, body: none, answers: z.unknown() },
    run: ({ dismissal }) => run(dismissal),
  })
  const logger = { ...silentLogger, error: (fields: LogFields) => errors.push(fields) }
  const services = testServices({ pause })
  const app = express()
  const turns = createTurns({ stopwatch: systemStopwatch, defer: setImmediate, arrivals: { areMany: false } })
  app.get(one.path, handlerOf(one, { services, sha256, logger, gate: openGate(), turns, closing: closing.signal }))
  const url = await urlOfApp(app, createHttpServer)
  const get = (headers: Readonly<Record<string, string>> = {}, method = 'GET') =>
    rawCall(url, method, '/one', { headers })
  return { url: `${url}/one`, get, errors, closing }
}

/** A client that reads when it is told to. */
const open = async (url: string) => {
  const outgoing = request(url, { agent: false }).end()
  outgoing.on('error', () => {})
  onTestFinished(() => {
    outgoing.destroy()
  })
  const [response]: [IncomingMessage] = await once(outgoing, 'response').then(([message]) => [message])
  response.on('error', () => {})
  /** Whether it got all of the answer, when the connection is over. */
  const whole = new Promise<boolean>((resolve) => {
    response.on('close', () => resolve(response.complete))
  })
  return { response, whole }
}

describe('an answer that is known in pieces', () => {
  it('is the same as in one', async () => {
    const pieces = ['{"a":"', 'ünïcode 😀'.repeat(10_000), '","b":1}']
    const whole = await serve(() => ({ text: pieces.join(''), version: 7 }))
    const inPieces = await serve(() => ({ text: pieces.map((piece) => Buffer.from(piece)), version: 7 }))
    for (const method of ['GET', 'HEAD']) {
      const [expected, answer] = [await whole.get({}, method), await inPieces.get({}, method)]
      expect(answer.text).toBe(expected.text)
      expect(headersOf(answer)).toEqual(headersOf(expected))
    }
    expect((await inPieces.get({ 'if-none-match': '"7"' })).status).toBe(304)
  })
})

/** All but the time. */
const headersOf = ({ headers }: { readonly headers: Headers }) => [...headers].filter(([name]) => name !== 'date')

const documentOf = (text: string, made: string[] = []): DocumentReply => ({
  kind: 'document',
  type: 'application/json; charset=utf-8',
  tag: 'v1',
  headers: ['Maestro-Test', 'yes'],
  body: async () => {
    made.push(text)
    return text
  },
})

describe('a document', () => {
  it('comes with its tag, and is not made for who has it', async () => {
    const made: string[] = []
    const { get } = await serve(() => documentOf('{"a":1}', made))
    const answer = await get()
    expect(answer).toMatchObject({ status: 200, body: { a: 1 } })
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      etag: 'W/"v1"',
      'cache-control': 'no-cache',
      vary: 'Accept, Accept-Encoding',
      'maestro-test': 'yes',
    })
    for (const tag of ['W/"v1"', '"v1"', '"v0", W/"v1"']) {
      expect(await get({ 'if-none-match': tag })).toMatchObject({ status: 304, text: '' })
    }
    expect(made).toHaveLength(1)
    expect((await get({ 'if-none-match': '"v2"' })).status).toBe(200)
  })

  it('that cannot be made is an ordinary error', async () => {
    const { get, errors } = await serve(() => ({
      ...documentOf(''),
      body: () => Promise.reject(new AppError('LOG_UNAVAILABLE', 'The log cannot be read')),
    }))
    const answer = await get()
    expect(refusalIn(answer)).toMatchObject({ status: 503, code: 'LOG_UNAVAILABLE' })
    expect(answer.headers.get('etag')).toBeNull()
    expect(errors).toEqual([])
  })

  it('fails like everything else where nobody foresaw it', async () => {
    const { get, errors } = await serve(() => ({ ...documentOf(''), body: () => Promise.reject(new Error('secret')) }))
    expect(refusalIn(await get())).toEqual({ status: 500, code: 'INTERNAL_ERROR', message: 'Internal server error' })
    expect(errors).toHaveLength(1)
  })
})

const streamOf = (pieces: StreamReply['pieces'], tag?: string): StreamReply => ({
  kind: 'stream',
  type: 'application/json; charset=utf-8',
  tag,
  pieces,
})

describe('a stream', () => {
  it('is written piece by piece, and ends', async () => {
    const { get } = await serve(() =>
      streamOf(async function* () {
        yield '[1'
        yield Buffer.from(',2]')
      }, 's1'),
    )
    const answer = await get()
    expect(answer).toMatchObject({ status: 200, body: [1, 2] })
    expect(answer.headers.get('etag')).toBe('W/"s1"')
    expect(await get({ 'if-none-match': 'W/"s1"' })).toMatchObject({ status: 304, text: '' })
    expect(await get({}, 'HEAD')).toMatchObject({ status: 200, text: '' })
  })

  it('without pieces is an empty answer', async () => {
    const { get } = await serve(() => streamOf(async function* () {}))
    expect(await get()).toMatchObject({ status: 200, text: '' })
  })

  it('that fails before its first piece is an ordinary error', async () => {
    const { get } = await serve(() =>
      streamOf(async function* () {
        await Promise.reject(new AppError('LOG_UNAVAILABLE', 'The log cannot be read'))
        yield ''
      }),
    )
    expect(refusalIn(await get())).toMatchObject({ status: 503, code: 'LOG_UNAVAILABLE' })
  })

  it('that fails later is cut off, so that nobody takes it for whole, and the failure is logged', async () => {
    const begun = new Arrivals<true>()
    const { url, errors } = await serve(() =>
      streamOf(async function* () {
        yield '[1,'
        await begun.next()
        throw new Error('broken')
      }),
    )
    const { response, whole } = await open(url)
    response.resume()
    begun.push(true)
    expect(await whole).toBe(false)
    expect(errors).toMatchObject([{ err: { message: 'broken' } }])
  })

  const mib = 1024 * 1024

  it('is not asked for more than a client takes', async () => {
    const asked = new Arrivals<number>()
    let pieces = 0
    const { url } = await serve(() =>
      streamOf(async function* () {
        for (; pieces < 64; pieces += 1) {
          asked.push(pieces)
          yield Buffer.alloc(mib, 'x')
        }
      }),
    )
    const { response } = await open(url)
    // What lies between the two is full before long.
    for (let last = -1; last !== asked.count; ) {
      last = asked.count
      await (await fetch(url, { method: 'HEAD' })).text()
    }
    expect(pieces).toBeLessThan(32)
    let length = 0
    for await (const chunk of response) length += z.instanceof(Buffer).parse(chunk).length
    expect(length).toBe(64 * mib)
  })

  it('to a client that takes nothing for a minute is cut off', async () => {
    const opened = new AbortController()
    const minutes: number[] = []
    const { url } = await serve(
      () =>
        streamOf(async function* () {
          for (;;) yield Buffer.alloc(mib, 'x')
        }),
      // From when the client has seen the beginning, time flies.
      async (ms) => {
        minutes.push(ms)
        if (!opened.signal.aborted) await once(opened.signal, 'abort')
        await quiet()
      },
    )
    const { response, whole } = await open(url)
    opened.abort()
    response.resume()
    expect(await whole).toBe(false)
    expect(new Set(minutes)).toEqual(new Set([60_000]))
  })

  it.each(['its client leaves', 'the server closes'])('is told when %s', async (why) => {
    const left = new Arrivals<string>()
    const { url, closing } = await serve((dismissal) =>
      streamOf(async function* () {
        const signal = dismissal()
        yield 'first'
        if (!signal.aborted) await once(signal, 'abort')
        left.push('left')
        yield 'last'
      }),
    )
    const { response, whole } = await open(url)
    response.resume()
    if (why === 'the server closes') closing.abort()
    else response.destroy()
    expect(await left.next()).toBe('left')
    expect(await whole).toBe(why === 'the server closes')
  })

  it('that begins while the server closes ends at once', async () => {
    const { get, closing } = await serve((dismissal) =>
      streamOf(async function* () {
        yield dismissal().aborted ? '"over"' : '"on"'
      }),
    )
    closing.abort()
    expect(await get()).toMatchObject({ status: 200, body: 'over' })
  })
})
