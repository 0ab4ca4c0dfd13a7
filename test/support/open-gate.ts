import { Gate } from '../../src/http/gate.ts'
import { Count } from '../../src/platform/metrics.ts'

/** A gate that lets everything in. */
export const openGate = (): Gate =>
  new Gate({
    limits: { writes: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY, loopDelay: Number.POSITIVE_INFINITY },
    loopDelay: () => 0,
    refusals: { writes: new Count(), bytes: new Count(), loopDelay: new Count() },
  })
