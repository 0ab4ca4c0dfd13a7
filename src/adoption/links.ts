import type { Session, Task } from '../../events/index.ts'

/** The tasks and sessions of one project, each with whatever else is known of it. */
export interface Members<T extends { readonly entity: Task }, S extends { readonly entity: Session }> {
  readonly tasks: readonly T[]
  readonly sessions: readonly S[]
}

/**
 * Makes both sides of each link tell of it: what only one of them says is true. Ids that belong to nobody here stay where
 * they are.
 */
export const agreed = <T extends { readonly entity: Task }, S extends { readonly entity: Session }>({
  tasks,
  sessions,
}: Members<T, S>): Members<T, S> => {
  const sessionsOf = reversed(sessions.map(({ entity }) => [entity.id, entity.taskIds]))
  const tasksOf = reversed(tasks.map(({ entity }) => [entity.id, entity.sessionIds]))
  return {
    tasks: tasks.map((one) => {
      const sessionIds = union(one.entity.sessionIds, sessionsOf.get(one.entity.id))
      return { ...one, entity: { ...one.entity, sessionIds } }
    }),
    sessions: sessions.map((one) => {
      const taskIds = union(one.entity.taskIds, tasksOf.get(one.entity.id))
      return { ...one, entity: { ...one.entity, taskIds } }
    }),
  }
}

/** Who names whom, turned round: for each that is named, those who name it, in their order. */
const reversed = <From, To>(names: ReadonlyArray<readonly [From, readonly To[]]>): ReadonlyMap<To, From[]> => {
  const by = new Map<To, From[]>()
  for (const [from, named] of names) {
    for (const to of named) {
      const known = by.get(to)
      if (known === undefined) by.set(to, [from])
      else known.push(from)
    }
  }
  return by
}

const union = <Id>(ids: readonly Id[], more: readonly Id[] = []): Id[] => [...new Set([...ids, ...more])]
