import { env } from 'node:process'
import { expect, it } from 'vitest'
import { checkPowerCuts } from './power-cuts.ts'

/** More states, or others, by variable: `POWER_CUT_STATES=1000000 POWER_CUT_SEED=7 npx vitest run test/simulation`. */
const states = Number(env.POWER_CUT_STATES ?? 20_000)
const seed = Number(env.POWER_CUT_SEED ?? 1)

/** How long a state may take, ms; most take two. */
const patience = 30

it(
  `a power cut at any point takes nothing that was acknowledged, and nothing out of order (${states} states, seed ${seed})`,
  async ({ annotate }) => {
    const totals = await checkPowerCuts({ states, seed, policies: ['always', 'always', 'interval', 'never'] })
    await annotate(`${totals.states} states of ${totals.workloads} workloads, seed ${seed}`)
    expect(totals.states).toBeGreaterThanOrEqual(states)
  },
  states * patience,
)
