import { readFile } from 'node:fs/promises'
import { AppError } from '../../src/errors.ts'
import { buildFolder } from '../../src/platform/package-root.ts'
import { systemErrorCode } from '../../src/platform/system-error.ts'
import type { PageAssets } from './page-bundle.ts'

/** The files in which a build keeps what the page is made of, below the folder of the build. */
export const assetFiles = { script: 'log-page/page.js', style: 'log-page/page.css' } as const

/** What the page is made of: a build has it ready, sources bundle it. Refuses with NOT_FOUND where a build lacks it. */
export const pageAssets = async (): Promise<PageAssets> => {
  if (buildFolder === undefined) return (await import('./page-bundle.ts')).bundlePage()
  return { script: await built(assetFiles.script, buildFolder), style: await built(assetFiles.style, buildFolder) }
}

const built = async (name: string, build: URL): Promise<string> => {
  try {
    return await readFile(new URL(name, build), 'utf8')
  } catch (cause) {
    if (systemErrorCode(cause) !== 'ENOENT') throw cause
    throw new AppError('NOT_FOUND', 'This build has no page for exports; npm run build adds it', { cause })
  }
}
