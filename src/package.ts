import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { AppError } from './errors.ts'
import type { FileSystem } from './platform/file-system.ts'
import { buildFolder, packageRoot } from './platform/package-root.ts'
import { systemErrorCode } from './platform/system-error.ts'

const versionIn = (path: URL): string => {
  const { version }: { version?: unknown } = JSON.parse(readFileSync(path, 'utf8'))
  return String(version)
}

/** The package's own version. */
export const version = versionIn(new URL('package.json', packageRoot))

/** Where the files of Swagger UI are: a build has its own copies, sources use the package that these are made from. */
const swaggerUi =
  buildFolder === undefined
    ? new URL('node_modules/swagger-ui-dist/', packageRoot)
    : new URL('swagger-ui/', buildFolder)

/** Reads files of Swagger UI. Refuses with NOT_FOUND when the one asked for is not there. */
export const swaggerUiIn =
  ({ readFile }: Pick<FileSystem, 'readFile'>) =>
  async (name: string): Promise<Uint8Array> => {
    try {
      return await readFile(fileURLToPath(new URL(name, swaggerUi)))
    } catch (cause) {
      if (systemErrorCode(cause) !== 'ENOENT') throw cause
      throw new AppError('NOT_FOUND', 'This build has no reference page; npm run build adds it. See /openapi.json', {
        cause,
      })
    }
  }
