import { readdir, readFile } from 'node:fs/promises'
import { z } from 'zod'

/** A package whose code is in a bundle, with what its licence asks to go with every copy of it. */
export interface BundledPackage {
  readonly name: string
  readonly version: string
  /** What its package.json says, as an SPDX expression. */
  readonly licence: string
  readonly text: string
}

const Description = z.object({
  name: z.string(),
  version: z.string(),
  license: z.string(),
  author: z.unknown().optional(),
})

/** These come without the text of their licence, whose terms are those of the others that name it. */
const withoutText: ReadonlySet<string> = new Set(['jsondiffpatch'])

/**
 * The packages that modules of a bundle are from, by name and version. Modules are named as the bundler does, by paths from
 * `root`. Throws when one has no text of a licence, so that no build goes without what it owes.
 */
export const bundledPackages = async (modules: readonly string[], root: URL): Promise<BundledPackage[]> => {
  const folders = new Set(modules.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+\//.exec(path) ?? []))
  const packages = await Promise.all([...folders].map((folder) => packageIn(new URL(folder, root))))
  return packages.sort((a, b) => compare(a.name, b.name) || compare(a.version, b.version))
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b))

const packageIn = async (folder: URL): Promise<BundledPackage> => {
  const description = Description.parse(JSON.parse(await readFile(new URL('package.json', folder), 'utf8')))
  const { name, version, license: licence, author } = description
  const files = (await readdir(folder)).filter((file) => /licen[cs]e|copying|notice/i.test(file)).sort()
  if (files.some((file) => !/notice/i.test(file))) {
    const texts = await Promise.all(files.map((file) => readFile(new URL(file, folder), 'utf8')))
    return { name, version, licence, text: texts.map((text) => text.replaceAll('\r\n', '\n').trim()).join('\n\n') }
  }
  if (!withoutText.has(name)) throw new Error(`${name} is bundled, and its folder has no text of its licence`)
  const said = `${licence}, by ${typeof author === 'string' ? author : JSON.stringify(author)}`
  return { name, version, licence, text: `It comes without the text of its licence. Its package.json says: ${said}.` }
}
