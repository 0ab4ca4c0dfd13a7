import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { packageRoot } from '../src/platform/package-root.ts'
import { withoutLocales } from '../tools/log-export/page-bundle.ts'
import { type BundledPackage, bundledPackages } from '../tools/support/bundled-packages.ts'

/** Packages that are CommonJS ask for Node's modules with a function that ES modules do not have. */
const requireForCommonJs = `import { createRequire as requireIn } from 'node:module'; const require = requireIn(import.meta.url);`

/**
 * Makes the program out of its sources and of the packages they need, since Node takes longer to find and load hundreds of
 * modules than all else that a small start does. What is imported only when it is asked for stays in files of its own.
 *
 * It is neither minified nor has it a source map: traces name functions as the sources do, comments in it name the source
 * that a line is from, and a map would lead to sources that who installed the package does not have.
 */
export const bundleProgram = async (folder: string): Promise<void> => {
  const { metafile } = await build({
    ...{ absWorkingDir: fileURLToPath(packageRoot), entryPoints: ['src/main.ts'], outdir: folder },
    ...{ bundle: true, splitting: true, platform: 'node', format: 'esm', target: 'node20.19' },
    banner: { js: requireForCommonJs },
    // The one looks for its binaries beside itself. The other is what sources need that are run without a build.
    external: ['fs-native-extensions', 'esbuild'],
    ...{ metafile: true, logLevel: 'warning', plugins: [withoutLocales] },
  })
  const packages = await bundledPackages(Object.keys(metafile.inputs), packageRoot)
  await writeFile(join(folder, 'LICENSES.txt'), [preface, ...packages.map(licenceOf)].join(`\n${'-'.repeat(80)}\n\n`))
}

const preface = 'The program contains code of these packages, on the terms of their licences.\n'

const licenceOf = ({ name, version, licence, text }: BundledPackage): string =>
  `${name} ${version}, ${licence}\n\n${text}\n`
