import { parse } from 'yaml'

/** Three dashes on the first line, YAML, three dashes on a line of their own. */
const frontMatter = /^---[ \t]*\r?\n(?:([\s\S]*?)\r?\n)?---[ \t]*(?:\r?\n|$)/

/**
 * The schema `failsafe`, with no tags known beside it, has texts, lists and maps only: no tag makes anything else of
 * what somebody wrote, and a name such as `2024` or `on` stays the text that it is. Aliases can multiply a small file
 * into gigabytes, so they are bounded. Warnings would go to standard error, past the log.
 */
const yamlOptions = { schema: 'failsafe', resolveKnownTags: false, maxAliasCount: 10, logLevel: 'error' } as const

/** What the front matter of a text says; nothing when it is empty. Throws when there is none, and on what is not valid. */
export const parseFrontMatter = (text: string): unknown => {
  const match = frontMatter.exec(text)
  if (match === null) throw new Error('SKILL.md has no front matter')
  return parse(match[1] ?? '', yamlOptions)
}
