import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What the reference page is made of, and what its licence asks to go with it. */
const files = [
  'swagger-ui.css',
  'swagger-ui-bundle.js',
  'favicon-32x32.png',
  'LICENSE',
  'NOTICE',
  'swagger-ui-bundle.js.LICENSE.txt',
]

const [build] = process.argv.slice(2)
if (build === undefined) throw new Error('usage: tsx scripts/copy-swagger-ui.ts <folder of the build>')
const from = fileURLToPath(new URL('../node_modules/swagger-ui-dist/', import.meta.url))
const to = join(build, 'swagger-ui')
await mkdir(to, { recursive: true })
for (const name of files) await copyFile(join(from, name), join(to, name))
