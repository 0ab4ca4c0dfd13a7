import type { Sources } from '../../src/metrics/families.ts'
import { familiesOf } from '../../src/metrics/families.ts'
import type { Family } from '../../src/metrics/registry.ts'
import { createMeters } from '../../src/platform/metrics.ts'

/** Where metrics come from in a server in which nothing has happened. */
export const idleSources = (): Sources => ({
  meters: createMeters(),
  store: { logs: () => [], ailments: () => [], stateOf: () => undefined, staged: 0 },
  entityFilesBehind: () => 0,
  openRequests: () => 0,
  gate: { writes: 0, bytes: 0 },
  turns: { reads: { waiting: 0 }, writes: { waiting: 0 }, refusals: { waiting: 0 } },
  subscribers: () => ({ stuckClients: 0, clients: [] }),
  usage: () => ({
    ...{ startedAt: 0, cpuUserSeconds: 0, cpuSystemSeconds: 0, collectingSeconds: 0 },
    ...{ residentBytes: 0, heapUsedBytes: 0, heapTotalBytes: 0, externalBytes: 0 },
  }),
  startDuration: () => 0,
})

/** Every metric that a server has. */
export const allFamilies = (): Family[] => familiesOf(idleSources())
