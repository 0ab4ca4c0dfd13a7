import { z } from 'zod'

/** What a skill says of itself. Both may be missing; what else it says is for the agents that use it. */
const Description = z.object({ name: z.string().trim().optional(), description: z.string().trim().optional() })
export type Description = z.infer<typeof Description>

/** Three dashes on the first line, YAML, three dashes on a line of their own. */
const frontMatter = /^---[ \t]*\r?\n(?:([\s\S]*?)\r?\n)?---[ \t]*(?:\r?\n|$)/

/**
 * The schema `failsafe`, with no tags known beside it, has texts, lists and maps only: no tag makes anything else of
 * what somebody wrote, and a name such as `2024` or `on` stays the text that it is. Aliases can multiply a small file
 * into gigabytes, so they are bounded. Warnings would go to standard error, past the log.
 */
const yamlOptions = { schema: 'failsafe', resolveKnownTags: false, maxAliasCount: 10, logLevel: 'error' } as const

/** Reads the front matter of a `SKILL.md`. Rejects what is not valid. */
export const describedInFrontMatter = async (text: string): Promise<Description> => {
  // Loaded here, since it takes longer to load than most of the server, which has to start without it.
  const { parse: parseYaml } = await import('yaml')
  const match = frontMatter.exec(text)
  if (match === null) throw new Error('SKILL.md has no front matter')
  return Description.parse(parseYaml(match[1] ?? '', yamlOptions) ?? {})
}

/** Reads a `manifest.json`. Throws on what is not valid. */
export const describedInManifest = (text: string): Description => Description.parse(JSON.parse(text))
