import { parseArgs } from 'node:util'
import type { Settings } from './bench.ts'
import type { Row } from './row.ts'
import { pathOf } from './support/processes.ts'

export type Options =
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly message: string }
  | { readonly kind: 'list'; readonly rows: readonly Row[] }
  | ({ readonly kind: 'run'; readonly rows: readonly Row[]; readonly json: boolean } & Settings)

const defaults: Settings = { program: pathOf('../dist/src/main.js'), rounds: 5, seconds: 2 }

export const usage = (rows: readonly Row[]): string => `Measures the server beside references, in the same run.

Usage: npm run bench [-- <name>… --rounds <n> --seconds <n> --json --list]

A name is that of a row or of a group of rows: ${[...new Set(rows.map(({ group }) => group))].join(', ')}.
Without one, all rows run. Every check of the server is on: FSYNC=always, hashing, validation, Host and Origin.

  --rounds <n>      How often each row is measured; ${defaults.rounds} if not given.
  --seconds <n>     How long one side of a round takes; ${defaults.seconds} if not given.
  --program <path>  The built program; that of this checkout if not given.
  --json            All figures, for programs.
  --list            Names the rows, and measures nothing.

Exits with 1 when a row misses its target. What is not installed is skipped, and said so.

Examples:
  npm run bench
  npm run bench -- http --rounds 9
  npm run bench -- post-express get-bare --json > http.json
`

/** Reads the command line. */
export const readOptions = (argv: readonly string[], rows: readonly Row[]): Options => {
  const parsed = parse(argv)
  if (parsed.kind === 'wrong') return parsed
  const { values, positionals } = parsed
  if (values.help) return { kind: 'help' }
  const known = new Set(rows.flatMap(({ name, group }) => [name, group]))
  const unknown = positionals.find((name) => !known.has(name))
  if (unknown !== undefined)
    return { kind: 'wrong', message: `There is no row ${unknown}. See: npm run bench -- --list` }
  const names = new Set(positionals)
  const chosen = rows.filter(({ name, group }) => names.size === 0 || names.has(name) || names.has(group))
  if (values.list) return { kind: 'list', rows: chosen }
  const [rounds, seconds] = [Number(values.rounds ?? defaults.rounds), Number(values.seconds ?? defaults.seconds)]
  if (!Number.isInteger(rounds) || rounds < 1)
    return { kind: 'wrong', message: '--rounds takes a whole number from 1 on' }
  if (!(seconds > 0)) return { kind: 'wrong', message: '--seconds takes a number above 0' }
  return {
    kind: 'run',
    rows: chosen,
    rounds,
    seconds,
    json: values.json ?? false,
    program: values.program ?? defaults.program,
  }
}

const parse = (argv: readonly string[]) => {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        program: { type: 'string' },
        rounds: { type: 'string' },
        seconds: { type: 'string' },
        json: { type: 'boolean' },
        list: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
    return { kind: 'parsed', values, positionals } as const
  } catch (error) {
    return { kind: 'wrong', message: error instanceof Error ? error.message : String(error) } as const
  }
}
