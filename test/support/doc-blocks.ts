import { readFile } from 'node:fs/promises'

const root = new URL('../../', import.meta.url)

/** The commands of a page: its fenced `sh` blocks, in order. */
export const shellBlocks = async (page: string): Promise<string[]> => {
  const text = await readFile(new URL(page, root), 'utf8')
  return [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block ?? '')
}

/** The first block of a language under a heading of a page's text. */
export const blockUnder = (text: string, heading: string, language: string): string => {
  const section = text.split(/^## /m).find((one) => one.startsWith(`${heading}\n`)) ?? ''
  const [, found] = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(section) ?? []
  if (found === undefined) throw new Error(`no ${language} under ${heading}`)
  return found
}
