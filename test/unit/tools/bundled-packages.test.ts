import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { bundledPackages } from '../../../tools/support/bundled-packages.ts'
import { scratchDirectory } from '../../support/scratch.ts'

/** Installs packages, each with an `index.js`, and tells whose code is in a bundle of all of them and of a source of ours. */
const bundled = async (packages: Readonly<Record<string, Readonly<Record<string, string>>>>) => {
  const root = await scratchDirectory()
  for (const [folder, { version = '1.0.0', ...files }] of Object.entries(packages)) {
    const dir = join(root, 'node_modules', folder)
    await mkdir(dir, { recursive: true })
    const name = folder.replace(/^.*node_modules\//, '')
    const description = { name, version, license: 'MIT', author: 'Ada' }
    await writeFile(join(dir, 'package.json'), JSON.stringify(description))
    for (const [file, text] of Object.entries(files)) await writeFile(join(dir, file), text)
  }
  const modules = Object.keys(packages).flatMap((folder) => ['index.js', 'lib/a.js'].map((file) => `${folder}/${file}`))
  return bundledPackages(
    ['src/main.ts', ...modules.map((path) => `node_modules/${path}`)],
    pathToFileURL(join(root, '/')),
  )
}

describe('the packages in a bundle', () => {
  it('are told once each, by name and version, with licences and notices', async () => {
    const found = await bundled({
      'b/node_modules/@scope/a': { version: '2.0.0', 'license.md': 'second\r\nline\n' },
      '@scope/a': { 'LICENSE-MIT': 'first' },
      b: { NOTICE: 'noticed', 'MIT-LICENSE.txt': '\nthird\n' },
      'c.js': { COPYING: 'fourth' },
    })
    expect(found).toEqual([
      { name: '@scope/a', version: '1.0.0', licence: 'MIT', text: 'first' },
      { name: '@scope/a', version: '2.0.0', licence: 'MIT', text: 'second\nline' },
      { name: 'b', version: '1.0.0', licence: 'MIT', text: 'third\n\nnoticed' },
      { name: 'c.js', version: '1.0.0', licence: 'MIT', text: 'fourth' },
    ])
  })

  it.each([{}, { NOTICE: 'noticed' }])('are refused when one has no text of its licence: %o', async (files) => {
    await expect(bundled({ a: files })).rejects.toThrow('a is bundled, and its folder has no text of its licence')
  })

  it('may lack it when they are known to, and that is said', async () => {
    const [found] = await bundled({ jsondiffpatch: {} })
    expect(found?.text).toBe('It comes without the text of its licence. Its package.json says: MIT, by Ada.')
  })
})
