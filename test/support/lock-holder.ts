import { stdin, stdout } from 'node:process'
import { lockDataDirectory } from '../../src/log/lock.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { nodeFileSystem } from '../../src/platform/node-file-system.ts'

/** A process that locks the data directory it is given, says so, and keeps it until its input ends. */
const [, , dir = ''] = process.argv
const lock = await lockDataDirectory({ fs: nodeFileSystem, clock: systemClock, dir, pid: process.pid })
lock.announce('http://127.0.0.1:4711')
stdin.resume()
stdout.write('locked\n')
