import { z } from 'zod'

/** What a skill says of itself. Both may be missing; what else it says is for the agents that use it. */
const Description = z.object({ name: z.string().trim().optional(), description: z.string().trim().optional() })
export type Description = z.infer<typeof Description>

/** Reads the front matter of a `SKILL.md`. Rejects what is not valid. */
export const describedInFrontMatter = async (text: string): Promise<Description> => {
  // Loaded here, since YAML takes longer to load than most of the server, which has to start without it.
  const { parseFrontMatter } = await import('./front-matter.ts')
  return Description.parse(parseFrontMatter(text) ?? {})
}

/** Reads a `manifest.json`. Throws on what is not valid. */
export const describedInManifest = (text: string): Description => Description.parse(JSON.parse(text))
