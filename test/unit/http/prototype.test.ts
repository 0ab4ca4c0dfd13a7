import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http'
import express, { type Express } from 'express'
import { describe, expect, it } from 'vitest'
import { createHttpServer } from '../../../src/http/server.ts'
import { serveApp, testApp } from '../../support/app.ts'

/** Whether request and response have exactly the prototypes that Express gives them. */
const fits = (app: Express, req: IncomingMessage, res: ServerResponse) => ({
  request: Object.getPrototypeOf(req) === app.request,
  response: Object.getPrototypeOf(res) === app.response,
})
const all = { request: true, response: true }
const none = { request: false, response: false }

/** Serves an app, and tells of its first request how it was before Express had it, and when it had its answer. */
const watch = async (app: Express, create: (app: Express) => Server) => {
  const server = create(app)
  const seen = new Promise((resolve) => {
    server.prependListener('request', (req, res) => {
      const born = fits(app, req, res)
      res.once('finish', () => resolve({ born, answered: fits(app, req, res) }))
    })
  })
  return { call: await serveApp(app, () => server), seen }
}

describe('requests and responses', () => {
  it.each([
    ['GET', '/health', undefined],
    ['GET', '/api/nothing', undefined],
    ['POST', '/api/projects', { name: 'Apollo' }],
    ['POST', '/api/projects', {}],
    ['DELETE', '/api/projects/none', undefined],
  ])('are born with the prototypes of the app, and keep them: %s %s %j', async (method, path, body) => {
    const { call, seen } = await watch(testApp().app, createHttpServer)
    expect((await call(method, path, body && { body })).status).toBeLessThan(500)
    expect(await seen).toEqual({ born: all, answered: all })
  })

  it('would get them from Express, at the cost of their hidden classes, had a stock server made them', async () => {
    const { call, seen } = await watch(testApp().app, (app) => createServer(app))
    await call('GET', '/health')
    expect(await seen).toEqual({ born: none, answered: all })
  })

  it('reach handlers with all that Express and Node give them', async () => {
    const app = express()
    app.post('/things/:id', (req, res) => {
      const is = [
        fits(app, req, res),
        req.is('application/json'),
        req.path,
        req.params.id,
        res instanceof ServerResponse,
      ]
      res.status(201).json(is)
    })
    const call = await serveApp(app, createHttpServer)
    const { status, body } = await call('POST', '/things/7?x=1', { body: {} })
    expect({ status, body }).toEqual({ status: 201, body: [all, 'application/json', '/things/7', '7', true] })
  })
})
