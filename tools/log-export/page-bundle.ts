import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'esbuild'

/** What the page of an export is made of: one script and one style sheet. */
export interface PageAssets {
  readonly script: string
  readonly style: string
}

/** Messages in forty languages are half of what the page would weigh, and it shows none of them. */
const withoutLocales: Plugin = {
  name: 'without locales',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /\/locales\/index\.js$/ }, () => ({ path: 'locales', namespace: 'empty' }))
    onLoad({ filter: /./, namespace: 'empty' }, () => ({ contents: '' }))
  },
}

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Bundles the page out of its sources, which is what a build does, and what sources do when they are run without one. */
export const bundlePage = async (): Promise<PageAssets> => {
  const { build, transform } = await import('esbuild')
  const { outputFiles, metafile } = await build({
    ...{ absWorkingDir: root, entryPoints: ['tools/log-export/page/view/main.ts'], metafile: true, write: false },
    ...{ bundle: true, minify: true, platform: 'browser', format: 'iife', target: 'es2022', legalComments: 'none' },
    ...{ logLevel: 'silent', plugins: [withoutLocales] },
  })
  const css = await readFile(new URL('page/page.css', import.meta.url), 'utf8')
  const { code } = await transform(css, { loader: 'css', minify: true, logLevel: 'silent' })
  const licences = await licencesOf(Object.keys(metafile.inputs))
  return { script: [licences, ...outputFiles.map(({ text }) => text)].join(''), style: code }
}

/** What the licences of the packages in it ask to go with every copy of them. */
const licencesOf = async (inputs: readonly string[]): Promise<string> => {
  const folders = new Set(inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+\//.exec(path) ?? []))
  const texts = await Promise.all([...folders].sort().map(licenceIn))
  return texts.join('')
}

const licenceIn = async (folder: string): Promise<string> => {
  const text = await readFile(join(root, folder, 'LICENSE'), 'utf8')
  return `/*!\n${folder.replace(/^.*node_modules\//, '').slice(0, -1)}\n\n${text.trim().replaceAll('*/', '* /')}\n*/\n`
}
