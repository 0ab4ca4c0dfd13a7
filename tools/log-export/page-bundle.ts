import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build, type Plugin, transform } from 'esbuild'
import { packageRoot } from '../../src/platform/package-root.ts'
import { bundledPackages } from '../support/bundled-packages.ts'

/** What the page of an export is made of: one script and one style sheet. */
export interface PageAssets {
  readonly script: string
  readonly style: string
}

/** Messages of zod in forty languages are half of what the page would weigh, and neither it nor the program shows any. */
export const withoutLocales: Plugin = {
  name: 'without locales',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /\/locales\/index\.js$/ }, () => ({ path: 'locales', namespace: 'empty' }))
    onLoad({ filter: /./, namespace: 'empty' }, () => ({ contents: '' }))
  },
}

/** Bundles the page out of its sources, which is what a build does, and what sources do when they are run without one. */
export const bundlePage = async (): Promise<PageAssets> => {
  const { outputFiles, metafile } = await build({
    ...{ absWorkingDir: fileURLToPath(packageRoot), entryPoints: ['tools/log-export/page/view/main.ts'] },
    ...{ bundle: true, minify: true, platform: 'browser', format: 'iife', target: 'es2022', legalComments: 'none' },
    ...{ metafile: true, write: false, logLevel: 'silent', plugins: [withoutLocales] },
  })
  const css = await readFile(new URL('tools/log-export/page/page.css', packageRoot), 'utf8')
  const { code } = await transform(css, { loader: 'css', minify: true, logLevel: 'silent' })
  const licences = await licencesOf(Object.keys(metafile.inputs))
  return { script: [licences, ...outputFiles.map(({ text }) => text)].join(''), style: code }
}

/** What the licences of the packages in it ask to go with every copy of them. */
const licencesOf = async (modules: readonly string[]): Promise<string> => {
  const packages = await bundledPackages(modules, packageRoot)
  return packages.map(({ name, text }) => `/*!\n${name}\n\n${text.replaceAll('*/', '* /')}\n*/\n`).join('')
}
