import { parseArgs } from 'node:util'
import type { z } from 'zod'
import { type OptionDescription, Options, options } from './config/options.ts'
import { onOrOff } from './config/values.ts'
import { AppError } from './errors.ts'
import { isLoopback } from './platform/loopback.ts'

export type Env = Readonly<Record<string, string | undefined>>

/** Everything that can be set from outside. Paths have their `~` expanded; origins are as browsers send them. */
export type Config = Readonly<z.output<typeof Options>>

export interface ConfigSources {
  readonly env: Env
  /** The words after the command. */
  readonly argv: readonly string[]
  /** The home directory of the user, for `~`. */
  readonly home: string
}

/** Reads the configuration; a flag wins over its variable. Throws VALIDATION_ERROR that names everything refused. */
export const loadConfig = ({ env, argv, home }: ConfigSources): Config => {
  const given = gather(env, readFlags(argv))
  const texts = Object.fromEntries([...given].map(([key, { text }]) => [key, text]))
  const parsed = Options.safeParse(texts)
  if (!parsed.success) throw refusal(given, parsed.error.issues)
  const { dataDir, skillsDir, ...rest } = parsed.data
  const config = { ...rest, dataDir: expandHome(dataDir, home), skillsDir: expandHome(skillsDir, home) }
  refuseOpenHost(config)
  return Object.freeze(config)
}

/** Whether debug output is wanted, asked where there may be no valid configuration to look into. */
export const wantsDebug = ({ env, argv }: Pick<ConfigSources, 'env' | 'argv'>): boolean =>
  argv.includes('--debug') || onOrOff().safeParse(env.DEBUG).data === true

type Flags = Readonly<Record<string, string | boolean | undefined>>

const readFlags = (argv: readonly string[]): Flags => {
  const flags = options.flatMap(({ flag, placeholder }) =>
    flag === undefined ? [] : [[flag, { type: placeholder === undefined ? 'boolean' : 'string' } as const] as const],
  )
  try {
    return parseArgs({ args: [...argv], options: Object.fromEntries(flags), strict: true }).values
  } catch (error) {
    // Node's messages name the flag and never its value.
    if (isUsageError(error)) throw new AppError('VALIDATION_ERROR', error.message)
    throw error
  }
}

const isUsageError = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_')

/** The text of an option, and what to call it when it is refused. */
interface Given {
  readonly text: string
  readonly source: string
  readonly option: OptionDescription
}

const gather = (env: Env, flags: Flags): ReadonlyMap<string, Given> => {
  const given = new Map<string, Given>()
  for (const { key, ...option } of options) {
    const flag = option.flag === undefined ? undefined : flags[option.flag]
    const text = flag === undefined ? (env[option.env] ?? option.fallback) : flag === true ? '1' : String(flag)
    const source = flag === undefined ? option.env : `--${option.flag}`
    if (text !== undefined) given.set(key, { text, source, option })
  }
  return given
}

const refusal = (given: ReadonlyMap<string, Given>, issues: readonly z.core.$ZodIssue[]): AppError => {
  const refused = new Set(issues.map((issue) => given.get(String(issue.path[0]))))
  const details = [...refused].flatMap((one) =>
    one === undefined ? [] : [{ path: one.source, reason: `takes ${one.option.takes}${shown(one)}` }],
  )
  const lines = details.map(({ path, reason }) => `  ${path} ${reason}`)
  return new AppError('VALIDATION_ERROR', ['The configuration is not valid:', ...lines].join('\n'), { details })
}

const longestShown = 100

/** The refused text, unless it is a secret; a URL is shown without the credentials that it may hold. */
const shown = ({ text, option }: Given): string => {
  if (option.secret === true) return ''
  const safe = text.replaceAll(/\/\/[^/,]*@/g, '//…@')
  return `; it is ${JSON.stringify(safe.length > longestShown ? `${safe.slice(0, longestShown)}…` : safe)}`
}

const expandHome = (path: string, home: string): string => path.replace(/^~(?=\/|$)/, () => home)

const refuseOpenHost = ({ host, token }: Pick<Config, 'host' | 'token'>): void => {
  if (token !== undefined || isLoopback(host)) return
  throw new AppError(
    'VALIDATION_ERROR',
    `Listening on ${host} without MAESTRO_TOKEN would let everyone who can reach this machine read and change everything.\n` +
      'Set MAESTRO_TOKEN to a long random secret, for example from `openssl rand -hex 32`, or leave HOST at 127.0.0.1.',
    { details: [{ path: 'HOST', reason: 'is not a loopback address, and MAESTRO_TOKEN is not set' }] },
  )
}
