import fc from 'fast-check'
import { expect, it } from 'vitest'
import { scripts } from '../../support/model/script.ts'
import { Trial } from '../../support/model/trial.ts'

it.only('a store does what the model of the contract does, whatever becomes of its writes', async () => {
  await fc.assert(
    fc.asyncProperty(scripts, async (script) => {
      const trial = new Trial()
      for (const step of script) await trial.play(step)
      expect(trial.world.projects.length).toBeGreaterThan(1)
    }),
    { numRuns: 3000 },
  )
}, 300_000)
