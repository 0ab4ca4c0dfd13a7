import { Bench } from './bench.ts'
import { measureRow, type Result } from './measure.ts'
import { readOptions, usage } from './options.ts'
import type { Row } from './row.ts'
import { rows } from './rows.ts'
import { circumstances } from './support/machine.ts'
import { tableOf } from './table.ts'

const say = (line: string): void => void process.stderr.write(`${line}\n`)

const list = (chosen: readonly Row[]): string =>
  chosen
    .map(
      ({ name, group, what, reference }) =>
        `${name.padEnd(18)}${group.padEnd(10)}${what}${reference === undefined ? '' : `, beside ${reference}`}\n`,
    )
    .join('')

const main = async (): Promise<number> => {
  const options = readOptions(process.argv.slice(2), rows)
  if (options.kind === 'help') {
    process.stdout.write(usage(rows))
    return 0
  }
  if (options.kind === 'wrong') {
    process.stderr.write(`${options.message}\n`)
    return 2
  }
  if (options.kind === 'list') {
    process.stdout.write(list(options.rows))
    return 0
  }
  const machine = await circumstances()
  const results: Result[] = []
  for (const row of options.rows) results.push(await measureRow(row, new Bench(options, say)))
  process.stdout.write(options.json ? `${JSON.stringify({ machine, results }, undefined, 2)}\n` : tableOf(results))
  return results.every((result) => result.kind === 'skipped' || result.passed) ? 0 : 1
}

process.exitCode = await main()
