import { describe, expect, it } from 'vitest'
import { AppError, type ErrorCode } from '../../../src/errors.ts'
import { createHttpServer } from '../../../src/http/server.ts'
import type { AppendResult, LogStatus } from '../../../src/log/log.ts'
import { serveApp, testApp } from '../../support/app.ts'
import { makerOf, readerOf, refusalIn } from '../../support/entities.ts'
import { MemoryLog } from '../../support/memory-log.ts'

/** A log that fails as it is told to. */
class FailingLog extends MemoryLog {
  failure: unknown
  condition: LogStatus = { kind: 'open' }

  override async append(...args: Parameters<MemoryLog['append']>): Promise<AppendResult> {
    if (this.failure !== undefined) throw this.failure
    return super.append(...args)
  }

  override status(): LogStatus {
    return this.condition
  }
}

const setUp = async () => {
  const log = new FailingLog()
  const { app, errors } = testApp({ log })
  const call = await serveApp(app, createHttpServer)
  const project = await makerOf(call).project()
  const task = await makerOf(call).task(project.id)
  const writes = {
    change: () => call('PUT', `/api/projects/${project.id}`, { body: { name: 'B' } }),
    spawn: () => call('POST', '/api/sessions/spawn', { body: { projectId: project.id, taskIds: [task.id] } }),
  }
  return { call, errors, log, project, ...writes }
}

describe('what nobody foresaw', () => {
  it.each([
    ['change', 'INTERNAL_ERROR'],
    ['spawn', 'spawn_error'],
  ] as const)('in a %s is answered with %s, and only the log says what it was', async (write, code) => {
    const { [write]: attempt, errors, log } = await setUp()
    const failure = new Error('the password is hunter2')
    log.failure = failure
    expect(refusalIn(await attempt())).toEqual({ status: 500, code, message: 'Internal server error' })
    expect(errors).toMatchObject([{ err: failure }])
  })

  it('in a read is answered likewise', async () => {
    const failure = new Error('the password is hunter2')
    const { app, errors } = testApp({
      skills: { list: () => Promise.reject(failure), get: () => Promise.reject(failure) },
    })
    const call = await serveApp(app, createHttpServer)
    for (const path of ['/api/skills', '/api/skills/review']) {
      const refusal = refusalIn(await call('GET', path))
      expect(refusal).toEqual({ status: 500, code: 'INTERNAL_ERROR', message: 'Internal server error' })
    }
    expect(errors).toMatchObject([{ err: failure }, { err: failure }])
  })
})

describe('what keeps a log from taking writes', () => {
  const codes: ReadonlyArray<readonly [ErrorCode, number]> = [
    ['RATE_LIMITED', 429],
    ['LOG_UNAVAILABLE', 503],
    ['PROJECT_QUARANTINED', 503],
    ['INSUFFICIENT_STORAGE', 507],
  ]
  it.each(codes)('is told, reads go on, and so do writes when it is over: %s, %i', async (code, status) => {
    const { call, change, log, project } = await setUp()
    log.failure = new AppError(code, 'This is why')
    const answer = await change()
    expect(refusalIn(answer)).toEqual({ status, code, message: 'This is why' })
    expect(answer.headers.get('retry-after')).toBe(code === 'RATE_LIMITED' ? '1' : null)
    expect(await readerOf(call).project(project.id)).toEqual(project)

    log.failure = undefined
    expect((await change()).status).toBe(200)
  })

  it('makes health degraded, with the reason', async () => {
    const { call, log, project } = await setUp()
    log.condition = { kind: 'quarantined', offset: 1, reason: 'digest does not fit' }
    const { status, body } = await call('GET', '/health')
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        status: 'degraded',
        reasons: [{ projectId: project.id, state: 'quarantined', offset: 1, reason: 'digest does not fit' }],
      },
    })
  })
})
