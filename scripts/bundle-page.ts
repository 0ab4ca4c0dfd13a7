import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { assetFiles } from '../tools/log-export/page-assets.ts'
import { bundlePage } from '../tools/log-export/page-bundle.ts'

const [build] = process.argv.slice(2)
if (build === undefined) throw new Error('usage: tsx scripts/bundle-page.ts <folder of the build>')
const assets = await bundlePage()
for (const kind of ['script', 'style'] as const) {
  const path = join(build, assetFiles[kind])
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, assets[kind])
}
