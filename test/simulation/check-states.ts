import { expect } from 'vitest'
import { checkPowerCuts, type PowerCutOptions, totalsText } from './power-cuts.ts'

/** So that a run of all tests fails for what was changed and nothing else. `npm run test:power-cuts` takes any seed. */
const seed = 1

/** They take less than a minute, unless the machine has much else to do. */
export const patience = 600_000

/** Checks the same power cuts in every run, and notes how many of which kind there were. */
export const checkStates = async (
  options: Pick<PowerCutOptions, 'states' | 'policies'>,
  annotate: (text: string) => Promise<unknown>,
): Promise<void> => {
  const totals = await checkPowerCuts({ ...options, seed })
  await annotate(`${totalsText(totals)}, seed ${seed}`)
  expect(totals.states).toBeGreaterThanOrEqual(options.states)
  expect(totals.traits.missing).toEqual([])
}
