import { z } from 'zod'
import { idPattern } from '../../events/index.ts'

/** A skill, as lists show it. Its folder is not told: clients know skills by id, and paths of this machine are not theirs. */
export const Skill = z.object({
  /** The name of the skill's folder. */
  id: z.string().regex(idPattern),
  /** From the skill's own description; the id if it gives none. */
  name: z.string(),
  description: z.string(),
})
export type Skill = z.infer<typeof Skill>

/** A skill with the whole text of its `SKILL.md`, front matter included; null for one that has none to read. */
export const SkillDetail = Skill.extend({ content: z.string().nullable() })
export type SkillDetail = z.infer<typeof SkillDetail>

/** The port to the skills that agents may be given. Each call reads what is there at that time. */
export interface Skills {
  /** Sorted by id. */
  list(): Promise<Skill[]>
  /** Refuses with SKILL_NOT_FOUND. */
  get(id: string): Promise<SkillDetail>
}
