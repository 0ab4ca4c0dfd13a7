import { z } from 'zod'
import { wholeNumber } from '../../src/config/values.ts'
import { takes } from '../../tools/flags.ts'
import { runScript } from '../support/script.ts'
import { checkPowerCuts, maxSeed, totalsText } from './power-cuts.ts'

const usage = `Cuts the power of a simulated disk at every point of random workloads, and looks whether the server recovers.

Usage: npm run test:power-cuts -- [--states <n>] [--seed <n>] [--fsync <policy>]

  --states <n>        how many states of the disk to check at least; 100000 if not given
  --seed <n>          begins with the workload of this seed, as a failure names it; another one each time if not given
  --fsync <policy>    always, interval or never; all of them in turn if not given

Exits with 1 at the first state that is not recovered as promised, and says how to see it again.

Examples:
  npm run test:power-cuts -- --states 1000000 --seed 42
  npm run test:power-cuts -- --states 1 --seed 1234567 --fsync always
`

const Policy = z.enum(['always', 'interval', 'never'])

await runScript({
  usage,
  kinds: { states: { type: 'string' }, seed: { type: 'string' }, fsync: { type: 'string' } },
  flags: z.object({
    states: takes(wholeNumber(1, Number.MAX_SAFE_INTEGER), 'a whole number above 0').default(100_000),
    seed: takes(wholeNumber(0, maxSeed), `a whole number up to ${maxSeed}`).optional(),
    fsync: takes(Policy, Policy.options.join(', ')).optional(),
  }),
  run: async ({ states, seed = Date.now() % maxSeed, fsync }) => {
    const policies = fsync === undefined ? Policy.options : [fsync]
    const totals = await checkPowerCuts({
      ...{ states, seed, policies },
      onWorkload: (so) => process.stderr.write(`${so.states} states of disks after ${so.workloads} workloads\n`),
    })
    process.stdout.write(`power cuts: ${totalsText(totals)}, seed ${seed}: all recovered\n`)
    return 0
  },
})
