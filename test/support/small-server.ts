import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { startServer } from '../../src/compose.ts'
import { loadConfig } from '../../src/config.ts'
import { silentLogger } from '../../src/platform/logger.ts'
import { nodeFileSystem } from '../../src/platform/node-file-system.ts'
import { withQuota } from './quota-file-system.ts'
import { scratchDirectory } from './scratch.ts'
import { startServerProcess } from './server-process.ts'
import { smallDisk } from './small-disk.ts'

/** A server whose disk is soon full. */
export interface SmallServer {
  readonly url: string
  /** What kind of disk it is. */
  readonly disk: string
  makeRoom(): Promise<void>
  /** Ends it, as roughly as can be, and starts it again on the same data. */
  restart(): Promise<string>
}

const diskBytes = 4 * 1024 * 1024
const ballastBytes = 1024 * 1024

/** A real process on a real small disk; where none can be mounted, a server in this process under a quota. */
export const startSmallServer = async (): Promise<SmallServer> => {
  const dir = await smallDisk(diskBytes)
  return dir === undefined ? startUnderQuota(await scratchDirectory()) : startOnDisk(dir)
}

const startOnDisk = async (dataDir: string): Promise<SmallServer> => {
  const ballast = join(dataDir, 'ballast')
  await writeFile(ballast, Buffer.alloc(ballastBytes))
  let server = await startServerProcess({ dataDir })
  onTestFinished(async () => {
    await server.kill()
  })
  return {
    url: server.url,
    disk: `a real disk of ${diskBytes} bytes`,
    makeRoom: () => rm(ballast),
    restart: async () => {
      await server.kill()
      server = await startServerProcess({ dataDir })
      return server.url
    },
  }
}

const startUnderQuota = async (dataDir: string): Promise<SmallServer> => {
  const config = loadConfig({ env: { PORT: '0', DATA_DIR: dataDir }, argv: [], home: dataDir })
  const fs = withQuota(nodeFileSystem, diskBytes - ballastBytes)
  let server = await startServer(config, silentLogger, fs)
  onTestFinished(() => server.close())
  return {
    url: server.url,
    disk: 'a quota in place of a disk, since this user may not mount one',
    makeRoom: async () => fs.grow(ballastBytes),
    restart: async () => {
      await server.close()
      server = await startServer(config, silentLogger, fs)
      return server.url
    },
  }
}
