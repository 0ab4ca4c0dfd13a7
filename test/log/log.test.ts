import { nodeFileSystem } from '../../src/platform/node-file-system.ts'
import { fileLog } from '../support/logs.ts'
import { MemoryLog } from '../support/memory-log.ts'
import { scratchDirectory } from '../support/scratch.ts'
import { logSuite } from './log-suite.ts'

logSuite('the log in files', async () => {
  const dir = await scratchDirectory()
  return { open: () => fileLog(nodeFileSystem, dir) }
})

logSuite('the log in files, with segments and blocks of the size of a few lines', async () => {
  const dir = await scratchDirectory()
  return { open: () => fileLog(nodeFileSystem, dir, { segmentBytes: 2000, blockBytes: 700, maxOpenFiles: 1 }) }
})

logSuite('the log in files that are synced in the background', async () => {
  const dir = await scratchDirectory()
  return { open: () => fileLog(nodeFileSystem, dir, { fsync: 'interval' }) }
})

logSuite('the log in memory', async () => {
  const storage = new Map()
  return { open: async () => new MemoryLog(storage) }
})
