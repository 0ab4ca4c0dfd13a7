import { readFile } from 'node:fs/promises'

const root = new URL('../../', import.meta.url)

/** The commands of a page: its fenced `sh` blocks, in order. */
export const shellBlocks = async (page: string): Promise<string[]> => {
  const text = await readFile(new URL(page, root), 'utf8')
  return [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block ?? '')
}
