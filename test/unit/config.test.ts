import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { flagUsage, Options, options } from '../../src/config/options.ts'
import { type Config, type Env, loadConfig, wantsDebug } from '../../src/config.ts'
import { AppError } from '../../src/errors.ts'

const load = (env: Env = {}, ...argv: string[]): Config => loadConfig({ env, argv, home: '/home/ada' })

const refusal = (env: Env, ...argv: string[]): AppError => {
  try {
    load(env, ...argv)
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

const defaults: Config = {
  port: 3000,
  host: '127.0.0.1',
  dataDir: '/home/ada/.maestro/data',
  fsync: 'always',
  segmentBytes: 64 * 1024 * 1024,
  snapshotRecords: 50_000,
  snapshotBytes: 64 * 1024 * 1024,
  skillsDir: '/home/ada/.claude/skills',
  allowedOrigins: [],
  maxWrites: 1000,
  maxWriteBytes: 64 * 1024 * 1024,
  maxLoopDelay: 5000,
  debug: false,
  logFormat: 'auto',
}

describe('the configuration', () => {
  it('has a default for everything but the token', () => {
    expect(load()).toEqual(defaults)
  })

  it('cannot be changed', () => {
    const config = load({ MAESTRO_ALLOWED_ORIGINS: 'https://a.example' })
    expect(Object.isFrozen(config)).toBe(true)
    expect(Object.isFrozen(config.allowedOrigins)).toBe(true)
  })

  it('ignores variables that are not its own', () => {
    expect(load({ PATH: '/bin', PORTS: '1' })).toEqual(defaults)
  })
})

/** Of every option: texts it takes with the values they mean, and texts it refuses. */
const cases: Record<string, { good: Array<[string, Partial<Config>]>; bad: string[] }> = {
  PORT: {
    good: [
      ['0', { port: 0 }],
      ['4000', { port: 4000 }],
      ['65535', { port: 65_535 }],
    ],
    bad: ['', '65536', '-1', '80.5', '0x50', 'http', ' 80'],
  },
  HOST: {
    good: [
      ['localhost', { host: 'localhost' }],
      ['127.8.9.1', { host: '127.8.9.1' }],
      ['::1', { host: '::1' }],
      ['0:0:0:0:0:0:0:1', { host: '0:0:0:0:0:0:0:1' }],
    ],
    bad: ['', 'a b', '[::1]', '127.0.0.1:80', 'http://localhost', '-a'],
  },
  DATA_DIR: {
    good: [
      ['/var/maestro', { dataDir: '/var/maestro' }],
      ['./data', { dataDir: './data' }],
      ['~', { dataDir: '/home/ada' }],
      ['~/x/~', { dataDir: '/home/ada/x/~' }],
      ['a~/b', { dataDir: 'a~/b' }],
    ],
    bad: ['', '  ', '~bob/data', 'a\0b'],
  },
  FSYNC: {
    good: [
      ['always', { fsync: 'always' }],
      ['interval', { fsync: 'interval' }],
      ['never', { fsync: 'never' }],
    ],
    bad: ['', 'sometimes', 'ALWAYS', 'true'],
  },
  SEGMENT_BYTES: {
    good: [
      ['1024', { segmentBytes: 1024 }],
      ['1073741824', { segmentBytes: 1_073_741_824 }],
    ],
    bad: ['', '1023', '64MiB', '1e6', '99999999999999999999'],
  },
  SNAPSHOT_RECORDS: {
    good: [
      ['1', { snapshotRecords: 1 }],
      ['1000', { snapshotRecords: 1000 }],
    ],
    bad: ['', '0', '-1', '1.5', 'many'],
  },
  SNAPSHOT_BYTES: {
    good: [
      ['1024', { snapshotBytes: 1024 }],
      ['1073741824', { snapshotBytes: 1_073_741_824 }],
    ],
    bad: ['', '1023', '64MiB', '1e6', '99999999999999999999'],
  },
  SKILLS_DIR: {
    good: [
      ['/skills', { skillsDir: '/skills' }],
      ['~/skills', { skillsDir: '/home/ada/skills' }],
    ],
    bad: ['', '~bob'],
  },
  MAESTRO_TOKEN: {
    good: [['s3cret!', { token: 's3cret!' }]],
    bad: ['', 'two words', 'line\n', 'naïve'],
  },
  MAESTRO_ALLOWED_ORIGINS: {
    good: [
      ['', { allowedOrigins: [] }],
      ['https://app.example', { allowedOrigins: ['https://app.example'] }],
      [
        'https://App.Example:443, http://10.0.0.7:8080,tauri://Desk',
        { allowedOrigins: ['https://app.example', 'http://10.0.0.7:8080', 'tauri://desk'] },
      ],
      ['http://[::1]:5000', { allowedOrigins: ['http://[::1]:5000'] }],
    ],
    bad: ['*', 'null', 'app.example', 'https://app.example/', 'https://a/b', 'https://a,,https://b', 'https://a:99999'],
  },
  MAX_WRITES: {
    good: [
      ['1', { maxWrites: 1 }],
      ['20000', { maxWrites: 20_000 }],
    ],
    bad: ['', '0', '-1', '1.5', 'many'],
  },
  MAX_WRITE_BYTES: {
    good: [
      ['1024', { maxWriteBytes: 1024 }],
      ['1073741824', { maxWriteBytes: 1_073_741_824 }],
    ],
    bad: ['', '1023', '64MiB', '1e6'],
  },
  MAX_LOOP_DELAY: {
    good: [
      ['1', { maxLoopDelay: 1 }],
      ['3600000', { maxLoopDelay: 3_600_000 }],
    ],
    bad: ['', '0', '3600001', '1s'],
  },
  DEBUG: {
    good: [
      ['1', { debug: true }],
      ['true', { debug: true }],
      ['TRUE', { debug: true }],
      ['0', { debug: false }],
      ['false', { debug: false }],
      ['', { debug: false }],
      ['express:*', { debug: false }],
    ],
    bad: ['yes', '2', 'on'],
  },
  LOG_FORMAT: {
    good: [
      ['auto', { logFormat: 'auto' }],
      ['pretty', { logFormat: 'pretty' }],
      ['json', { logFormat: 'json' }],
    ],
    bad: ['', 'xml', 'JSON'],
  },
}

describe.each(options)('$env', ({ env, takes, secret }) => {
  const { good, bad } = cases[env] ?? { good: [], bad: [] }

  it('has cases', () => {
    expect(good.length * bad.length).toBeGreaterThan(0)
  })

  it.each(good)('takes %j', (text, expected) => {
    expect(load({ [env]: text })).toEqual({ ...defaults, ...expected })
  })

  it.each(bad)('refuses %j, and says what it takes', (text) => {
    const error = refusal({ [env]: text })
    expect(error.code).toBe('VALIDATION_ERROR')
    expect(error.message).toContain(`${env} takes ${takes}`)
    expect(error.message.includes(JSON.stringify(text))).toBe(secret === undefined)
    expect(error.details).toEqual([{ path: env, reason: expect.stringContaining(takes) }])
  })
})

const withValue = options.filter(({ flag, placeholder }) => flag !== undefined && placeholder !== undefined)

describe.each(withValue)('--$flag', ({ env, flag, takes }) => {
  const { good, bad } = cases[env] ?? { good: [], bad: [] }

  it('takes the same as its variable, and wins over it', () => {
    for (const [text, expected] of good) {
      expect(load({ [env]: bad[0] }, `--${flag}`, text)).toEqual({ ...defaults, ...expected })
      expect(load({ [env]: bad[0] }, `--${flag}=${text}`)).toEqual({ ...defaults, ...expected })
    }
  })

  it('is named when its value is refused', () => {
    for (const text of bad) {
      expect(refusal({}, `--${flag}=${text}`).message).toContain(`--${flag} takes ${takes}`)
    }
  })
})

describe('flags', () => {
  it('turn debugging on without a value, whatever the variable says', () => {
    expect(load({ DEBUG: '0' }, '--debug').debug).toBe(true)
    expect(refusal({}, '--debug=1').code).toBe('VALIDATION_ERROR')
  })

  it.each([
    ['an unknown flag', ['--prot', '3'], '--prot'],
    ['a flag without its value', ['--port'], '--port'],
    ['a flag where a value belongs', ['--port', '--debug'], '--port'],
    ['a word that is no flag', ['4000'], '4000'],
  ])('are refused: %s', (_, argv, named) => {
    const error = refusal({}, ...argv)
    expect(error.code).toBe('VALIDATION_ERROR')
    expect(error.message).toContain(named)
  })

  it('do not set the token, which the list of processes would show', () => {
    expect(refusal({}, '--token', 'hunter2').message).not.toContain('hunter2')
    expect(refusal({}, '--token=hunter2').message).not.toContain('hunter2')
  })
})

describe('refusals', () => {
  it('name all that is wrong at once, each by where it was given', () => {
    const { message, details } = refusal({ PORT: 'x', FSYNC: 'y', MAESTRO_TOKEN: '' }, '--fsync', 'z')
    expect(details).toMatchObject([{ path: 'PORT' }, { path: '--fsync' }, { path: 'MAESTRO_TOKEN' }])
    expect(message.split('\n')).toHaveLength(4)
  })

  it('show neither tokens nor the credentials within a URL, nor pages of text', () => {
    expect(refusal({ MAESTRO_TOKEN: 'hunter2\n' }).message).not.toContain('hunter2')
    expect(refusal({ MAESTRO_ALLOWED_ORIGINS: 'https://ada:hunter2@a.example' }).message).not.toContain('hunter2')
    expect(refusal({ PORT: '9'.repeat(5000) }).message.length).toBeLessThan(300)
  })

  it('never come as anything but a validation error, whatever the texts', () => {
    const env = fc.dictionary(fc.constantFrom(...options.map((option) => option.env)), fc.string())
    fc.assert(
      fc.property(env, fc.array(fc.string(), { maxLength: 4 }), (texts, argv) => {
        try {
          load(texts, ...argv)
        } catch (error) {
          expect(error).toMatchObject({ code: 'VALIDATION_ERROR' })
        }
      }),
    )
  })
})

describe('a host that other machines can reach', () => {
  it.each(['0.0.0.0', '::', '192.168.1.7', '128.0.0.1', 'maestro.example', '127.0.0.1.example'])(
    'is refused without a token, with the reason and the remedy: %s',
    (host) => {
      const { code, message } = refusal({ HOST: host })
      expect(code).toBe('VALIDATION_ERROR')
      expect(message).toContain(host)
      expect(message).toMatch(/MAESTRO_TOKEN.*read and change everything/s)
      expect(message).toMatch(/Set MAESTRO_TOKEN .* or leave HOST at 127\.0\.0\.1/)
      expect(load({ HOST: host, MAESTRO_TOKEN: 's3cret' })).toMatchObject({ host, token: 's3cret' })
    },
  )
})

describe('wanting debug output', () => {
  it('can be known where the configuration is not valid', () => {
    expect(wantsDebug({ env: { DEBUG: 'true', PORT: 'x' }, argv: [] })).toBe(true)
    expect(wantsDebug({ env: {}, argv: ['serve', '--debug', '--prot'] })).toBe(true)
    expect(wantsDebug({ env: { DEBUG: 'maybe' }, argv: [] })).toBe(false)
    expect(wantsDebug({ env: {}, argv: [] })).toBe(false)
  })
})

describe('the table of options', () => {
  it('describes every option once', () => {
    expect(options.map(({ key }) => key)).toEqual(Object.keys(Options.shape))
    expect(new Set(options.map(({ env }) => env)).size).toBe(options.length)
  })

  it('is what docs/CONFIGURATION.md says, row by row', async () => {
    const page = await readFile(new URL('../../docs/CONFIGURATION.md', import.meta.url), 'utf8')
    const rows = page.split('\n').filter((line) => line.startsWith('| `'))
    expect(rows).toEqual(
      options.map((option) => {
        const cells = [option.env, flagUsage(option), option.fallback].map((text) => (text ? `\`${text}\`` : 'none'))
        return `| ${cells.join(' | ')} | ${option.help} Takes ${option.takes}. |`
      }),
    )
  })
})
