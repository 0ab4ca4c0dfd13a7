import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { packageRoot } from '../src/platform/package-root.ts'

/** What the reference page is made of, and what its licence asks to go with it. */
const files = [
  'swagger-ui.css',
  'swagger-ui-bundle.js',
  'favicon-32x32.png',
  'LICENSE',
  'NOTICE',
  'swagger-ui-bundle.js.LICENSE.txt',
]

const installed = new URL('node_modules/swagger-ui-dist/', packageRoot)

/** Copies them into a build: who installs it does not get the package that they are from. */
export const copySwaggerUi = async (folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true })
  for (const name of files) await copyFile(new URL(name, installed), join(folder, name))
}
