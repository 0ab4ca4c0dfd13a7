import { parseArgs } from 'node:util'
import type { Settings } from './bench.ts'
import type { Row } from './row.ts'
import { defaults, growthName } from './usage.ts'

export interface RunOptions extends Settings {
  readonly kind: 'run'
  readonly rows: readonly Row[]
  readonly growth: boolean
  readonly json: boolean
  /** The directory for pictures. */
  readonly svg: string | undefined
}

export type Options =
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly message: string }
  | { readonly kind: 'list'; readonly rows: readonly Row[]; readonly growth: boolean }
  | RunOptions

/** Reads the command line. */
export const readOptions = (argv: readonly string[], rows: readonly Row[]): Options => {
  const parsed = parse(argv)
  if (parsed.kind === 'wrong') return parsed
  const { values, positionals } = parsed
  if (values.help) return { kind: 'help' }
  const known = new Set([growthName, ...rows.flatMap(({ name, group }) => [name, group])])
  const unknown = positionals.find((name) => !known.has(name))
  if (unknown !== undefined) return wrong(`There is no row ${unknown}. See: npm run bench -- --list`)
  const names = new Set(positionals)
  const chosen = rows.filter(({ name, group }) => names.size === 0 || names.has(name) || names.has(group))
  const growth = names.has(growthName)
  if (values.list) return { kind: 'list', rows: chosen, growth: growth || names.size === 0 }
  const [rounds, seconds] = [Number(values.rounds ?? defaults.rounds), Number(values.seconds ?? defaults.seconds)]
  if (!Number.isInteger(rounds) || rounds < 1) return wrong('--rounds takes a whole number from 1 on')
  if (!(seconds > 0)) return wrong('--seconds takes a number above 0')
  const { program = defaults.program, svg, json = false } = values
  return { kind: 'run', rows: chosen, growth, rounds, seconds, program, svg, json }
}

const wrong = (message: string) => ({ kind: 'wrong', message }) as const

const parse = (argv: readonly string[]) => {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        program: { type: 'string' },
        rounds: { type: 'string' },
        seconds: { type: 'string' },
        svg: { type: 'string' },
        json: { type: 'boolean' },
        list: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
    return { kind: 'parsed', values, positionals } as const
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error))
  }
}
