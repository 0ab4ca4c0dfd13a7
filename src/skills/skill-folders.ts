import { idPattern } from '../../events/index.ts'
import { AppError } from '../errors.ts'
import type { FileSystem } from '../platform/file-system.ts'
import type { Logger } from '../platform/logger.ts'
import { readBoundedText } from './bounded-file.ts'
import { type Description, describedInFrontMatter, describedInManifest } from './description.ts'
import type { Skill, SkillDetail, Skills } from './skill.ts'

export interface SkillFoldersOptions {
  readonly fs: FileSystem
  /** The directory that holds one folder a skill. It need not exist. */
  readonly dir: string
  readonly logger: Logger
}

/**
 * The skills in a directory: each folder with a `SKILL.md`, or else a `manifest.json`. A folder whose name is not an id
 * is not a skill. One whose description cannot be read is still a skill that agents may be given, so it is listed under
 * its id, and the log says why.
 */
export const createSkillFolders = ({ fs, dir, logger }: SkillFoldersOptions): Skills => {
  const read = async (id: string): Promise<SkillDetail | undefined> => {
    const folder = `${dir}/${id}`
    const markdown = await readPart(`${folder}/SKILL.md`, describedInFrontMatter)
    const described = markdown ?? (await readPart(`${folder}/manifest.json`, describedInManifest))
    if (described === undefined) return undefined
    const { name, description = '' } = described.description
    return { id, name: name || id, description, content: markdown?.text ?? null }
  }

  const readPart = async (path: string, describe: Describe): Promise<Part | undefined> => {
    let text: string | null = null
    try {
      text = (await readBoundedText(fs, path)) ?? null
      return text === null ? undefined : { text, description: await describe(text) }
    } catch (err) {
      logger.warn({ path, err }, 'A skill cannot be described')
      return { text, description: {} }
    }
  }

  const list = async (): Promise<Skill[]> => {
    const skills: Skill[] = []
    for (const entry of await fs.list(dir)) {
      // A link is neither file nor directory; opening what should be in it follows it.
      if (entry.kind === 'file' || !idPattern.test(entry.name)) continue
      const found = await read(entry.name)
      if (found !== undefined) skills.push(listed(found))
    }
    return skills
  }

  const get = async (id: string): Promise<SkillDetail> => {
    const found = idPattern.test(id) ? await read(id) : undefined
    if (found === undefined) throw new AppError('SKILL_NOT_FOUND', 'Skill not found')
    return found
  }

  return { list, get }
}

type Describe = (text: string) => Description | Promise<Description>

/** A file that describes a skill: its text if it could be read, and what that says. */
interface Part {
  readonly text: string | null
  readonly description: Description
}

const listed = ({ id, name, description }: SkillDetail): Skill => ({ id, name, description })
