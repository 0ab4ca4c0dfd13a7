import { mkdir, writeFile } from 'node:fs/promises'
import { apiDocuments } from '../src/api-docs/documents.ts'
import { operations } from '../src/http/app.ts'
import { swaggerUiIn, version } from '../src/package.ts'
import { nodeFileSystem } from '../src/platform/node-file-system.ts'

/** Writes the documents that the server would serve to docs/api. */
const folder = new URL('../docs/api/', import.meta.url)
await mkdir(folder, { recursive: true })
for (const { path, read } of apiDocuments({ operations, version, swaggerUi: swaggerUiIn(nodeFileSystem) })) {
  if (path.endsWith('.json')) await writeFile(new URL(`.${path}`, folder), await read())
}
