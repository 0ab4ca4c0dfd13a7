import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { scratchDirectory } from './scratch.ts'
import type { ServerProcessOptions } from './server-process.ts'

const Coverage = z.object({ result: z.array(z.object({ url: z.string() })) })

/** Which modules are in a file of the program, by their paths from the root, as comments in it tell. */
export const modulesIn = (text: string): string[] =>
  [...text.matchAll(/^ *\/\/ (\S+\.(?:[cm]?[jt]s|json))$/gm)].map(([, path]) => path ?? '')

/** The modules that processes of the program loaded while `use` ran them, which V8 writes down when they end. */
export const loadedModules = async (use: (options: ServerProcessOptions) => Promise<unknown>): Promise<string[]> => {
  const [dataDir, coverage] = [await scratchDirectory(), await scratchDirectory()]
  await use({ dataDir, env: { NODE_V8_COVERAGE: coverage } })
  const reports = await Promise.all((await readdir(coverage)).map((name) => readFile(join(coverage, name), 'utf8')))
  const urls = reports.flatMap((report) => Coverage.parse(JSON.parse(report)).result.map(({ url }) => url))
  const files = urls.filter((url) => url.startsWith('file:')).map((url) => fileURLToPath(url))
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')))
  return texts.flatMap(modulesIn)
}
