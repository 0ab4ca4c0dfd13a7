import { env, stdout } from 'node:process'
import { startServer } from '../../src/compose.ts'
import { loadConfig } from '../../src/config.ts'
import { silentLogger } from '../../src/platform/logger.ts'
import { nodeFileSystem } from '../../src/platform/node-file-system.ts'
import { defaultLimits } from '../../src/ws/hub.ts'

/** A server that lets clients go which have taken nothing for some seconds, and says where it listens. */
const config = loadConfig({ env, argv: [], home: env.HOME ?? '' })
const limits = { ...defaultLimits, checkEvery: 250, stuckAfter: 4_000 }
const { url } = await startServer(config, silentLogger, nodeFileSystem, limits)
stdout.write(`${url}\n`)
