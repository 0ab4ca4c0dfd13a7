import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../src/errors.ts'
import { createLogger, type Logger, type LoggerOptions, silentLogger } from '../../src/platform/logger.ts'

/** What a logger wrote by the time that the calls in `use` returned. */
const written = async (use: (logger: Logger) => void, options: Partial<LoggerOptions> = {}): Promise<string> => {
  let text = ''
  const destination = { write: (line: string) => (text += line) }
  use(await createLogger({ debug: false, format: 'json', terminal: false, destination, ...options }))
  return text
}

const lines = (text: string): unknown[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))

const say = (logger: Logger): void => {
  logger.debug({}, 'a')
  logger.info({}, 'b')
  logger.warn({}, 'c')
  logger.error({}, 'd')
}

describe('the logger', () => {
  it('writes one line of JSON a call, with the fields, the level by name and the time', async () => {
    const text = await written((logger) => logger.info({ projectId: 'proj_1', port: 3000 }, 'Listening'))
    expect(lines(text)).toEqual([
      { level: 'info', time: expect.any(Number), projectId: 'proj_1', port: 3000, msg: 'Listening' },
    ])
  })

  it('writes debug lines only when debugging', async () => {
    const levels = (text: string) => lines(text).map((line) => Object(line).level)
    expect(levels(await written(say))).toEqual(['info', 'warn', 'error'])
    expect(levels(await written(say, { debug: true }))).toEqual(['debug', 'info', 'warn', 'error'])
  })

  it('writes an error with its code, its details, its stack and its causes', async () => {
    const disk = Object.assign(new Error('no space left', { cause: 'a full disk' }), { code: 'ENOSPC' })
    const err = new AppError('INSUFFICIENT_STORAGE', 'The disk is full', { details: { free: 0 }, cause: disk })
    expect(lines(await written((logger) => logger.error({ err }, 'Append failed')))).toMatchObject([
      {
        level: 'error',
        msg: 'Append failed',
        err: {
          type: 'AppError',
          code: 'INSUFFICIENT_STORAGE',
          message: 'The disk is full',
          details: { free: 0 },
          stack: expect.stringContaining('logger.test.ts'),
          cause: { type: 'Error', code: 'ENOSPC', message: 'no space left', cause: { message: 'a full disk' } },
        },
      },
    ])
  })

  it('writes errors that hold several, that are their own cause, and what is thrown without being an error', async () => {
    const circular = new Error('round')
    circular.cause = circular
    const text = await written((logger) => {
      logger.error({ err: new AggregateError([new Error('one'), 'two'], 'both') }, 'a')
      logger.error({ err: circular }, 'b')
      logger.error({ err: { reason: 7 } }, 'c')
      logger.error({ err: undefined }, 'd')
    })
    expect(lines(text)).toMatchObject([
      { err: { message: 'both', errors: [{ message: 'one' }, { message: 'two' }] } },
      { err: { message: 'round', cause: { message: 'round' } } },
      { err: { type: 'object', message: '{ reason: 7 }' } },
      { msg: 'd' },
    ])
  })

  it.each(['json', 'pretty'] as const)('never writes credentials, as %s', async (format) => {
    const secrets = {
      authorization: 'Bearer hunter2',
      headers: { authorization: 'Bearer hunter2', host: 'a.example' },
      request: { headers: { Authorization: 'Bearer hunter2' }, url: '/x?from=3&token=hunter2' },
      config: { token: 'hunter2', port: 3000 },
      url: '/?token=hunter2&from=3',
    }
    const text = await written((logger) => logger.info(secrets, 'Request'), { format })
    expect(text).not.toContain('hunter2')
    for (const kept of ['a.example', '3000', '/x?from=3&token=[redacted]', '/?token=[redacted]&from=3']) {
      expect(text).toContain(kept)
    }
    expect(secrets.headers.authorization).toBe('Bearer hunter2')
  })

  it('writes for people on a terminal, and for machines elsewhere, unless told', async () => {
    const shape = async (options: Partial<LoggerOptions>) =>
      (await written(say, options)).startsWith('{') ? 'json' : 'pretty'
    expect(await shape({ format: 'auto', terminal: true })).toBe('pretty')
    expect(await shape({ format: 'auto', terminal: false })).toBe('json')
    expect(await shape({ format: 'json', terminal: true })).toBe('json')
    expect(await shape({ format: 'pretty', terminal: false })).toBe('pretty')
  })

  it('shows people the level, the message, the fields and where an error came from', async () => {
    const err = new AppError('LOG_UNAVAILABLE', 'No log', { cause: new Error('EIO') })
    const text = await written((logger) => logger.warn({ projectId: 'proj_1', err }, 'Trouble'), { format: 'pretty' })
    expect(text).toMatch(/WARN.*Trouble/)
    expect(text).toMatch(/proj_1[\s\S]*LOG_UNAVAILABLE[\s\S]*logger\.test\.ts[\s\S]*EIO/)
  })

  it('has written to standard output when the process is gone right after the call', async () => {
    const module = fileURLToPath(new URL('../../src/platform/logger.ts', import.meta.url))
    const script = `import(${JSON.stringify(module)}).then(async ({ createLogger }) => {
      const logger = await createLogger({ debug: false, format: 'json', terminal: false })
      logger.error({}, 'last words')
      process.kill(process.pid, 'SIGKILL')
    })`
    const child = spawn(process.execPath, ['--import', 'tsx', '-e', script], { stdio: ['ignore', 'pipe', 'ignore'] })
    let text = ''
    child.stdout.on('data', (chunk) => {
      text += chunk
    })
    await once(child, 'close')
    expect(lines(text)).toMatchObject([{ level: 'error', msg: 'last words' }])
  })

  it('says nothing when silent', () => {
    expect(() => say(silentLogger)).not.toThrow()
  })
})
