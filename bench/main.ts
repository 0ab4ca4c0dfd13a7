import { Bench } from './bench.ts'
import { drawGrowth, growthPassed, growthText, measureGrowth } from './growth/run.ts'
import { hasPassed, measureRow, type Result } from './measure.ts'
import { type RunOptions, readOptions } from './options.ts'
import { rows } from './rows.ts'
import { circumstances, circumstancesText } from './support/machine.ts'
import { tableOf } from './table.ts'
import { listOf, usage } from './usage.ts'

/** Does what the command line says, and tells the exit code. */
export const main = async (argv: readonly string[]): Promise<number> => {
  const options = readOptions(argv, rows)
  switch (options.kind) {
    case 'help':
      process.stdout.write(usage(rows))
      return 0
    case 'wrong':
      process.stderr.write(`${options.message}\n`)
      return 2
    case 'list':
      process.stdout.write(listOf(options.rows, options.growth))
      return 0
    case 'run':
      return run(options)
  }
}

const run = async (options: RunOptions): Promise<number> => {
  const machine = await circumstances()
  const bench = new Bench(options, (line) => process.stderr.write(`${line}\n`))
  const results: Result[] = []
  for (const row of options.rows) results.push(await measureRow(row, bench))
  const growth = options.growth ? await measureGrowth(bench) : []
  if (options.svg !== undefined) await drawGrowth(growth, options.svg)
  const tables = [...(results.length > 0 ? [tableOf(results)] : []), ...(growth.length > 0 ? [growthText(growth)] : [])]
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ machine, results, growth }, undefined, 2)}\n`
      : [circumstancesText(machine), ...tables].join('\n'),
  )
  return results.every(hasPassed) && growthPassed(growth) ? 0 : 1
}
