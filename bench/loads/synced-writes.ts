import { fdatasyncSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** The least that a durable write takes: a record behind the last one, and a sync, again and again. */
const [dir = '.', seconds = '1'] = process.argv.slice(2)
const record = Buffer.from(`${'r'.repeat(299)}\n`)
const file = openSync(join(dir, 'synced'), 'a')
const write = (): void => {
  writeSync(file, record)
  fdatasyncSync(file)
}
for (let i = 0; i < 200; i += 1) write()
const began = performance.now()
let writes = 0
while (performance.now() - began < Number(seconds) * 1000) {
  write()
  writes += 1
}
process.stdout.write(`${writes / ((performance.now() - began) / 1000)}\n`)
