import { z } from 'zod'

/** A relation of a task to another one, which may come later in the history, or never. */
export const Relation = z.object({ id: z.string().min(1), type: z.string() })
export type Relation = z.infer<typeof Relation>

export const Comment = z.object({ author: z.string(), text: z.string() })
export type Comment = z.infer<typeof Comment>

export const SourceStatus = z.enum(['open', 'in_progress', 'hooked', 'blocked', 'deferred', 'pinned', 'closed', 'done'])
export type SourceStatus = z.infer<typeof SourceStatus>

const Title = z.string().refine((text) => text.trim() !== '', 'must not be blank')

/** The fields of a task: in a change only those that it sets, with null for what it clears. */
export const Fields = z
  .object({
    title: Title,
    description: z.string().nullable(),
    status: SourceStatus.nullable(),
    /** 0 is the highest, 4 the lowest. */
    priority: z.int().min(0).max(4).nullable(),
    assignee: z.string().nullable(),
    labels: z.array(z.string()).nullable(),
    issue_type: z.string().nullable(),
    notes: z.string().nullable(),
    comments: z.array(Comment).nullable(),
    close_reason: z.string().nullable(),
    dependencies: z.array(Relation).nullable(),
  })
  .partial()
export type Fields = z.infer<typeof Fields>

const at = z.int().nonnegative()
const id = z.string().min(1)

/** One line of a history: what happened to one task. `at` is in ms; a deleted id may be created again. */
export const Change = z.discriminatedUnion('op', [
  z.object({ at, op: z.literal('create'), id, set: Fields.extend({ title: Title }) }),
  z.object({ at, op: z.literal('update'), id, set: Fields }),
  z.object({ at, op: z.literal('delete'), id }),
])
export type Change = z.infer<typeof Change>
