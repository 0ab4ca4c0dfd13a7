import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { assetFiles } from '../tools/log-export/page-assets.ts'
import { bundlePage } from '../tools/log-export/page-bundle.ts'

/** Writes what the page of an export is made of into a build. */
export const writePage = async (build: string): Promise<void> => {
  const assets = await bundlePage()
  for (const kind of ['script', 'style'] as const) {
    const path = join(build, assetFiles[kind])
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, assets[kind])
  }
}
