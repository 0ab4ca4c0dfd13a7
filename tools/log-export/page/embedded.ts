import { z } from 'zod'
import { Digest, ProjectId } from '../../../events/index.ts'

/** What the page is told about the records that it was given. */
export const Embedded = z.object({
  projectId: ProjectId,
  records: z.int().positive(),
  /** The position after the last record. */
  head: z.object({ offset: z.int().positive(), hash: Digest }),
  /** Whether these are all the records that there were. */
  whole: z.boolean(),
})
export type Embedded = z.infer<typeof Embedded>

export const EmbeddedLines = z.array(z.string())

/** Ids of the elements that hold the two, as JSON. */
export const blockIds = { about: 'about', lines: 'lines' } as const

/**
 * JSON that may stand inside of a script element: whatever somebody called a task, nothing in it ends the element or begins
 * a comment, because all of that takes a less-than sign.
 */
export const jsonForScript = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c')
