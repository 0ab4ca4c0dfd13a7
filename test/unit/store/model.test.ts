import fc from 'fast-check'
import { expect, it } from 'vitest'
import { expectPrefixes, expectToShow } from '../../support/model/rebuilt.ts'
import { scripts } from '../../support/model/script.ts'
import { Trial } from '../../support/model/trial.ts'

it('a store does what the model of the contract does, and whoever rebuilds it from whatever is left finds the same', async () => {
  await fc.assert(
    fc.asyncProperty(scripts, async (script) => {
      const trial = new Trial()
      for (const step of script) await trial.play(step)
      const { server, world } = trial
      expectToShow(server, world)
      expectToShow(await server.another({ snapshotStorage: new Map() }), world)
      await trial.play({ kind: 'start' })
      expectToShow(trial.server, world)
      await expectPrefixes(trial)
      await trial.repeatAll()
      expectToShow(trial.server, world)
      expect(world.projects.length).toBeGreaterThan(1)
    }),
    { numRuns: 100 },
  )
}, 120_000)
