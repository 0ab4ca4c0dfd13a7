import type { Logger } from '../platform/logger.ts'
import type { Left } from './entity-file-list.ts'
import type { Plan } from './plan.ts'

/** How an adoption ended. */
export interface Adoption {
  readonly adopted: { readonly projects: number; readonly tasks: number; readonly sessions: number }
  /** How many files were not adopted. They stay as they are. */
  readonly left: number
  /** The directory with the copies of all files as they were found. */
  readonly originals: string
}

/** Tells of everything that was not taken over as it was, and then how much was. */
export const reportAdoption = (plan: Plan, left: readonly Left[], originals: string, logger: Logger): Adoption => {
  const tasks = plan.projects.flatMap((project) => project.tasks)
  const sessions = plan.projects.flatMap((project) => project.sessions)
  const projects = plan.projects.map(({ project }) => project)
  for (const { path, reason } of left) logger.warn({ path, reason }, `left alone: ${path} ${reason}`)
  const fields = { ...counted('project', projects), ...counted('task', tasks), ...counted('session', sessions) }
  if (Object.keys(fields).length > 0) {
    logger.info({ fields, originals }, 'fields that were not taken over as they were; the originals have them')
  }
  const adopted = { projects: projects.length, tasks: tasks.length, sessions: sessions.length }
  const adoption: Adoption = { adopted, left: left.length, originals }
  logger.info({ ...adoption }, `the data directory is adopted; its files as they were are in ${originals}`)
  return adoption
}

/** How many entities lack each field, by its path. */
const counted = (
  kind: string,
  entities: ReadonlyArray<{ readonly untaken: ReadonlySet<string> }>,
): Record<string, number> => {
  const counts = new Map<string, number>()
  for (const { untaken } of entities) {
    for (const path of untaken) counts.set(`${kind}.${path}`, (counts.get(`${kind}.${path}`) ?? 0) + 1)
  }
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
}
