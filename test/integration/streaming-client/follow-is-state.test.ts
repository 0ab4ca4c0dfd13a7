import { expect, it } from 'vitest'
import { runScenario } from './scenario.ts'

const { STREAM_SEED = '1', STREAM_SCENARIOS = '200' } = process.env
const first = Number(STREAM_SEED)
const count = Number(STREAM_SCENARIOS)

it('snapshot + follow = state: through cuts, kills, restored logs, slow readers and clock jumps, whoever follows has all of it, once', async ({
  annotate,
}) => {
  const totals = { cuts: 0, records: 0 }
  for (let seed = first; seed < first + count; seed += 1) {
    const { cuts, records } = await runScenario(seed)
    totals.cuts += cuts
    totals.records += records
  }
  await annotate(`${count} scenarios from seed ${first}: ${totals.records} records, ${totals.cuts} connections cut`)
  if (count >= 200) expect(totals.cuts).toBeGreaterThan(count)
}, 600_000)
