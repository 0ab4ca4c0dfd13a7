import type { z } from 'zod'
import type { Cursor, ProjectId } from '../../../events/index.ts'
import { everyProject, maxMessageBytes, maxSubscriptions, type Subscribe } from '../../ws/protocol.ts'
import { MaestroError } from '../error.ts'
import type { Targets } from './options.ts'

/** A project, and the cursor to go on from. */
type Wanted = readonly [projectId: ProjectId, cursor: string]

/** How much of a message is left for what is not cursors, bytes: types and names of fields. */
const reserved = 8 * 1024

/** What a project and its cursor take in a message, bytes: quotes, colon and comma included. */
const sizeOf = ([id, cursor]: Wanted): number => id.length + cursor.length + 6

/**
 * The messages that ask for everything that is wanted. A message is bounded, so cursors that no longer fit beside `"*"` are
 * asked for one by one before it: a project that is subscribed to already is none of the others that `"*"` stands for.
 * Throws `LIMIT` for more than a connection can be asked for.
 */
export const subscribeMessages = (
  wanted: readonly Wanted[],
  { projects, view, types }: Pick<Targets, 'projects' | 'view' | 'types'>,
  otherwise: Cursor,
): string[] => {
  const manner = { type: 'subscribe', view, ...(types !== undefined && { types }) } as const
  const together = projects === everyProject ? howManyFit(wanted) : 0
  const single = wanted.slice(together)
  if (single.length > maxSubscriptions) throw tooMany(together + maxSubscriptions)
  const messages = single.map(([projectId, from]) => text({ ...manner, projectId, from }))
  if (projects !== everyProject) return messages
  const cursors = Object.fromEntries(wanted.slice(0, together))
  return [...messages, text({ ...manner, projectId: projects, cursors, else: otherwise })]
}

const howManyFit = (wanted: readonly Wanted[]): number => {
  let room = maxMessageBytes - reserved
  let count = 0
  for (const one of wanted) {
    room -= sizeOf(one)
    if (room < 0 || count === maxSubscriptions) break
    count += 1
  }
  return count
}

const tooMany = (most: number): MaestroError =>
  new MaestroError('LIMIT', `One connection can go on in at most ${most} projects; follow them with several followers`)

const text = (message: z.input<typeof Subscribe>): string => JSON.stringify(message)
