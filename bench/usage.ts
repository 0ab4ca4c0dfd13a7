import type { Settings } from './bench.ts'
import type { Row } from './row.ts'
import { pathOf } from './support/processes.ts'

/** Stands for what is no row: how everything grows. */
export const growthName = 'growth'

export const defaults: Settings = { program: pathOf('../dist/program/main.js'), rounds: 5, seconds: 2 }

export const usage = (rows: readonly Row[]): string => `Measures the server beside references, in the same run.

Usage: npm run bench [-- <name>… --rounds <n> --seconds <n> --svg <dir> --json --list]

A name is that of a row or of a group of rows: ${[...new Set(rows.map(({ group }) => group))].join(', ')}.
Without one, all rows run. ${growthName} measures how everything grows with tasks, projects, subscribers and records;
it takes some minutes, and has to be named. Every check of the server is on: FSYNC=always, hashing,
validation, Host and Origin.

  --rounds <n>      How often each row is measured; ${defaults.rounds} if not given.
  --seconds <n>     How long one side of a round takes; ${defaults.seconds} if not given.
  --program <path>  The built program; that of this checkout if not given.
  --svg <dir>       Where to draw the curves of growth.
  --json            All figures, for programs.
  --list            Names the rows, and measures nothing.

Exits with 1 when a row misses its target or something grows more than it may. What is not installed is
skipped, and said so.

Examples:
  npm run bench
  npm run bench -- http --rounds 9
  npm run bench -- post-express get-bare --json > http.json
  npm run bench -- growth --svg docs/performance
`

/** What there is to measure, a line each. */
export const listOf = (rows: readonly Row[], growth: boolean): string => {
  const lines = rows.map(({ name, group, what, reference }) => {
    return [name, group, reference === undefined ? what : `${what}, beside ${reference}`] as const
  })
  const last = growth ? [[growthName, '', 'everything over tasks, projects, subscribers and records'] as const] : []
  return [...lines, ...last].map(([name, group, what]) => `${name.padEnd(18)}${group.padEnd(10)}${what}\n`).join('')
}
