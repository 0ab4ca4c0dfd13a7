import { describe, expect, it } from 'vitest'
import type { Command } from '../../src/cli/command.ts'
import { runCli } from '../../src/cli/run.ts'
import { serveCommand } from '../../src/cli/serve.ts'
import { options } from '../../src/config/options.ts'
import type { Config, Env } from '../../src/config.ts'
import { AppError } from '../../src/errors.ts'

interface Outcome {
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
  /** What ran, with the words it got. */
  readonly ran: ReadonlyArray<readonly [string, readonly string[]]>
  readonly served: readonly Config[]
}

/** Runs the shell over `serve`, two commands of a group, and one for each way to fail. */
const maestro = async (line: string, env: Env = {}): Promise<Outcome> => {
  const texts = { stdout: '', stderr: '' }
  const ran: Array<readonly [string, readonly string[]]> = []
  const served: Config[] = []
  const command = (name: string, failure?: unknown): Command => ({
    name,
    summary: `Does ${name}.`,
    usage: '<file>',
    options: [],
    examples: [],
    run: async ({ argv }) => {
      ran.push([name, argv])
      if (failure !== undefined) throw failure
      return 0
    },
  })
  const serve = serveCommand(async (config) => {
    served.push(config)
    return 0
  })
  const locked = new AppError('DATA_DIR_LOCKED', 'Process 12 has the data directory.', { cause: new Error('EAGAIN') })
  const exit = await runCli({
    argv: line.split(' ').filter((word) => word !== ''),
    env,
    home: '/home/ada',
    version: '1.2.3',
    stdout: { write: (text) => (texts.stdout += text) },
    stderr: { write: (text) => (texts.stderr += text) },
    commands: [
      serve,
      command('log verify'),
      command('log tail'),
      command('locked', locked),
      command('missing', new AppError('PROJECT_NOT_FOUND', 'Project not found')),
      command('broken', new Error('the secret is hunter2')),
    ],
  })
  return { exit, ...texts, ran, served }
}

describe('maestro', () => {
  it.each(['', 'serve'])('serves when asked for %j', async (line) => {
    expect(await maestro(line)).toMatchObject({ exit: 0, stderr: '', served: [{ port: 3000, host: '127.0.0.1' }] })
  })

  it.each(['--port 4000 --fsync never', 'serve --port 4000 --fsync never'])(
    'gives serve its flags: %s',
    async (line) => {
      expect(await maestro(line, { PORT: '5000' })).toMatchObject({ exit: 0, served: [{ port: 4000, fsync: 'never' }] })
    },
  )

  it('runs a command of several words, and gives it the rest', async () => {
    expect(await maestro('log verify a --b')).toMatchObject({ exit: 0, ran: [['log verify', ['a', '--b']]] })
  })

  it('shows its version', async () => {
    expect(await maestro('--version')).toMatchObject({ exit: 0, stdout: '1.2.3\n', stderr: '', served: [] })
  })
})

describe('help', () => {
  it.each(['--help', '-h', 'help'])('lists every command: %s', async (line) => {
    const { exit, stdout, stderr, served } = await maestro(line)
    expect({ exit, stderr, served }).toEqual({ exit: 0, stderr: '', served: [] })
    for (const summary of ['serve ', 'Starts the server.', 'log verify ', 'Does log tail.', '--version']) {
      expect(stdout).toContain(summary)
    }
  })

  it.each(['help serve', 'serve --help', 'serve -h', 'serve --port x --help', '--port 4000 --help'])(
    'of serve names every option, its variable, its default and examples: %s',
    async (line) => {
      const { exit, stdout, stderr, served } = await maestro(line)
      expect({ exit, stderr, served }).toEqual({ exit: 0, stderr: '', served: [] })
      for (const { env, flag, takes, help, fallback } of options) {
        expect(stdout).toContain(`${env}: ${takes}.${fallback ? ` Default: ${fallback}.` : ''}`)
        expect(stdout).toContain(flag === undefined ? env : `--${flag}`)
        expect(stdout).toContain(help)
      }
      expect(stdout).toContain('maestro serve --port 4000 --data-dir ./data')
      expect(stdout.split('\n').filter((text) => text.length > 120)).toEqual([])
    },
  )

  it.each(['help log', 'log --help', 'log -h'])('of a group lists its commands, and runs nothing: %s', async (line) => {
    const { exit, stdout, stderr, ran } = await maestro(line)
    expect({ exit, stderr, ran }).toEqual({ exit: 0, stderr: '', ran: [] })
    for (const part of ['Usage: maestro log <command>', 'Does log verify.', 'Does log tail.'])
      expect(stdout).toContain(part)
    expect(stdout).not.toContain('serve')
  })

  it('of another command shows what it takes, and runs nothing', async () => {
    for (const line of ['help log verify', 'log verify --help']) {
      const { exit, stdout, ran } = await maestro(line)
      expect({ exit, ran }).toEqual({ exit: 0, ran: [] })
      expect(stdout).toContain('Usage: maestro log verify <file>')
    }
  })
})

describe('a mistake at the keyboard', () => {
  it.each([
    ['bogus', '"bogus" is not a command', ['serve', 'log verify', 'broken']],
    ['help bogus', '"bogus" is not a command', ['serve', 'log verify', 'broken']],
    ['log', '"log" needs one of its commands', ['log verify', 'log tail']],
    ['log bogus --help', '"log" needs one of its commands', ['log verify', 'log tail']],
    ['log bogus', '"log" needs one of its commands', ['log verify', 'log tail']],
  ])('is answered with the commands there are: %s', async (line, problem, names) => {
    const { exit, stdout, stderr, ran } = await maestro(line)
    expect({ exit, stdout, ran }).toEqual({ exit: 2, stdout: '', ran: [] })
    expect(stderr).toContain(problem)
    for (const name of names) expect(stderr).toContain(name)
    expect(stderr).toContain('`maestro help` lists the commands.')
  })

  it.each([
    ['serve --prot 3', {}, '--prot'],
    ['--prot 3', {}, '--prot'],
    ['serve 4000', {}, '4000'],
    ['serve --port', {}, '--port'],
    ['serve --port many', {}, '--port takes a whole number'],
    ['serve', { FSYNC: 'maybe' }, 'FSYNC takes always, interval or never; it is "maybe"'],
    ['serve --host 0.0.0.0', {}, 'Set MAESTRO_TOKEN'],
  ])('is answered with what serve takes: %s %j', async (line, env, says) => {
    const { exit, stdout, stderr, served } = await maestro(line, env)
    expect({ exit, stdout, served }).toEqual({ exit: 2, stdout: '', served: [] })
    expect(stderr).toMatch(/^maestro: /)
    expect(stderr).toContain(says)
    expect(stderr).toContain('`maestro help serve` says what it takes.')
    expect(stderr).not.toContain('    at ')
  })
})

describe('an error that ends a command', () => {
  it('is told with its reason and the next step, and gives its exit code', async () => {
    expect(await maestro('locked')).toMatchObject({
      exit: 1,
      stdout: '',
      stderr:
        'maestro: Process 12 has the data directory.\n' +
        'Because: EAGAIN\n' +
        'Stop the other server, or give this one a directory of its own with DATA_DIR or --data-dir.\n',
    })
    expect(await maestro('missing')).toMatchObject({ exit: 4, stderr: 'maestro: Project not found\n' })
  })

  it('is kept to a hint when nobody foresaw it', async () => {
    const { exit, stderr } = await maestro('broken')
    expect(exit).toBe(1)
    expect(stderr).toBe('maestro: an unexpected error ended the command.\nRun it again with DEBUG=1 to see it.\n')
  })

  it.each([
    ['broken', { DEBUG: '1' }],
    ['broken --debug', {}],
  ])('is shown whole to whoever debugs: %s %j', async (line, env) => {
    const { exit, stderr } = await maestro(line, env)
    expect(exit).toBe(1)
    expect(stderr).toMatch(/the secret is hunter2\n\s+at /)
  })
})
