import { z } from 'zod'
import { Actor, Digest, Project, Session, Task } from '../../../events/index.ts'

/** What the commands print with `--json`, to the last key. */
const offset = z.int().nonnegative()
const place = { offset, hash: Digest, at: z.int() }
const mark = { ...place, actor: Actor, type: z.string(), redacted: z.literal(true).optional() }
const entity = z.union([Project.strict(), Task.strict(), Session.strict()])
const named = { kind: z.enum(['project', 'task', 'session']), id: z.string() }
const patch = z.array(
  z.strictObject({ op: z.enum(['add', 'remove', 'replace']), path: z.string(), value: z.unknown().optional() }),
)

const deltaOf = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.discriminatedUnion('change', [
    z.strictObject({ ...shape, ...named, change: z.literal('created'), entity }),
    z.strictObject({ ...shape, ...named, change: z.literal('changed'), patch }),
    z.strictObject({ ...shape, ...named, change: z.literal('deleted') }),
  ])

export const StateShape = z.strictObject({
  ...{ projectId: z.string(), ...place, stateHash: Digest },
  project: Project.strict().nullable(),
  tasks: z.array(Task.strict()),
  sessions: z.array(Session.strict()),
})

export const AssertShape = z.strictObject({
  ...{ projectId: z.string(), offset, same: z.boolean() },
  ways: z.array(
    z.strictObject({
      way: z.enum(['rebuild', 'evolve', 'snapshot']),
      ...{ from: offset, records: offset, stateHash: Digest },
    }),
  ),
})

export const HistoryShape = z.strictObject({
  ...{ projectId: z.string(), ...named, head: offset },
  entries: z.array(deltaOf(mark)),
})

export const BlameShape = z.strictObject({
  ...{ projectId: z.string(), ...named },
  deleted: z.strictObject(mark).optional(),
  fields: z.array(z.strictObject({ field: z.string(), element: z.string().optional(), ...mark })),
})

export const DiffShape = z.strictObject({
  ...{ projectId: z.string(), from: z.strictObject(place), to: z.strictObject(place) },
  changes: z.array(deltaOf({})),
})

const searched = { projectId: z.string(), where: z.string(), first: z.boolean(), from: offset.nullable(), to: offset }
export const BisectShape = z.discriminatedUnion('found', [
  z.strictObject({ ...searched, found: z.literal(true), record: z.looseObject({ ...place, type: z.string() }) }),
  z.strictObject({
    ...searched,
    found: z.literal(false),
    reason: z.enum(['true-at-from', 'false-at-to']),
    undecided: z.string().optional(),
  }),
])

const counts = z.record(
  z.enum(['lifecycle', 'unattended_task', 'open_session', 'blocked', 'gap', 'clock']),
  z.int().nonnegative(),
)
export const AuditShape = z.strictObject({
  ...{ projectId: z.string(), ...place, records: offset, from: z.int(), to: z.int(), counts },
  findings: z.array(z.looseObject({ kind: z.string(), offsets: z.array(offset).min(1).max(2) })),
})
