import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { packageRoot } from '../src/platform/package-root.ts'
import { writePage } from './bundle-page.ts'
import { bundleProgram } from './bundle-program.ts'
import { copySwaggerUi } from './copy-swagger-ui.ts'

/**
 * Makes a build: the client as modules with their types, the program as a bundle, and the files that the program reads. Types
 * of the client are checked, since they are part of it; those of all else are by `npm run typecheck`.
 */
const [folder, ...compilerOptions] = process.argv.slice(2)
if (folder === undefined) throw new Error('usage: tsx scripts/build.ts <folder of the build> [options of tsc]')
const root = fileURLToPath(packageRoot)
const build = resolve(folder)
if (join(dirname(build), '/') !== root) {
  throw new Error(`${build} is not in ${root}, where the program finds our package.json and the packages it needs`)
}

const compileClient = async (): Promise<void> => {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const args = [tsc, '-p', 'tsconfig.build.json', '--outDir', build, ...compilerOptions]
  await promisify(execFile)(process.execPath, args, { cwd: root }).catch(({ stdout }: { stdout: string }) => {
    throw new Error(`The client does not compile:\n${stdout}`)
  })
}

// Files of the program are named after what is in them, so that those of another build would stay beside the new ones.
await rm(build, { recursive: true, force: true })
await Promise.all([
  compileClient(),
  bundleProgram(join(build, 'program')),
  writePage(build),
  copySwaggerUi(join(build, 'swagger-ui')),
])
