import { once } from 'node:events'
import type { Server } from 'node:http'
import type { Express } from 'express'
import { onTestFinished } from 'vitest'
import { apiDocuments } from '../../src/api-docs/documents.ts'
import { createAccess } from '../../src/edge/access.ts'
import { createApp, operations } from '../../src/http/app.ts'
import { createTurns } from '../../src/http/loop-turns.ts'
import type { Services } from '../../src/http/operation.ts'
import type { Log } from '../../src/log/log.ts'
import type { Snapshots } from '../../src/log/snapshots.ts'
import { swaggerUiIn, version } from '../../src/package.ts'
import { systemClock, systemStopwatch } from '../../src/platform/clock.ts'
import { createHasher, sha256 } from '../../src/platform/hash.ts'
import { createRecordIds } from '../../src/platform/ids.ts'
import { type LogFields, silentLogger } from '../../src/platform/logger.ts'
import { isLoopback } from '../../src/platform/loopback.ts'
import { nodeFileSystem } from '../../src/platform/node-file-system.ts'
import { createRandom } from '../../src/platform/random.ts'
import { sameSecret } from '../../src/platform/secrets.ts'
import { type Pause, pause } from '../../src/platform/timers.ts'
import type { Skills } from '../../src/skills/skill.ts'
import { oneByOne } from '../../src/store/pacer.ts'
import { Past } from '../../src/store/past.ts'
import { Store } from '../../src/store/store.ts'
import { apiOf, type Call } from './api.ts'
import { MemoryLog } from './memory-log.ts'
import { openGate } from './open-gate.ts'

const noSnapshots: Snapshots = {
  list: async () => [],
  read: async () => undefined,
  write: async () => {},
  remove: async () => {},
}

export interface AppParts {
  readonly log: Log
  readonly skills: Skills
  readonly pause: Pause
}

/** What operations work on, over a log in memory. Each part may be another. */
export const testServices = (parts: Partial<AppParts> = {}): Services => {
  const pace = oneByOne({ pause, stopwatch: systemStopwatch, loopUse: () => 0 })
  const store = new Store({
    log: parts.log ?? new MemoryLog(),
    snapshots: noSnapshots,
    clock: systemClock,
    nextRecordId: createRecordIds(createRandom()),
    ...{ sha256, pace },
    machine: { hostname: 'here', platform: 'test' },
    defer: setImmediate,
  })
  return {
    store,
    past: new Past({ store, sha256, createHasher, pace }),
    pause: parts.pause ?? pause,
    skills: parts.skills ?? { list: async () => [], get: () => Promise.reject(new Error('there are none')) },
    system: {
      ...{ url: () => 'http://localhost', now: systemClock, uptime: () => 0, sockets: () => ({}) },
      ...{ loopDelay: () => ({ p50: 0, p99: 0, max: 0 }), metrics: async () => '' },
    },
  }
}

/** The whole HTTP side of the server, and the errors that it logs. */
export const testApp = (parts: Partial<AppParts> = {}) => {
  const errors: LogFields[] = []
  const app = createApp({
    access: createAccess({ allowedOrigins: [], isLoopback, sameSecret }),
    sha256,
    closing: new AbortController().signal,
    gate: openGate(),
    turns: createTurns({ stopwatch: systemStopwatch, defer: setImmediate, arrivals: { areMany: false } }),
    logger: { ...silentLogger, error: (fields) => errors.push(fields) },
    documents: apiDocuments({ operations, version, swaggerUi: swaggerUiIn(nodeFileSystem) }),
    services: testServices(parts),
  })
  return { app, errors }
}

/** Serves an app on a free port for the rest of the test. */
export const serveApp = async (app: Express, create: (app: Express) => Server): Promise<Call> =>
  apiOf(await urlOfApp(app, create))

/** The same, for those who call it in other ways. */
export const urlOfApp = async (app: Express, create: (app: Express) => Server): Promise<string> => {
  const server = create(app).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no TCP address')
  return `http://127.0.0.1:${address.port}`
}
