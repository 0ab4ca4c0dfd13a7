import { z } from 'zod'
import { Lifecycle, Project } from './entities.ts'
import { event } from './event.ts'

/** The fields of a project that a client may give. */
export const ProjectFields = z.object({
  name: z.string(),
  workingDir: z.string().optional(),
  description: z.string().optional(),
  lifecycle: Lifecycle.optional(),
})

export const ProjectCreated = event('project:created', ProjectFields)
export const ProjectUpdated = event('project:updated', z.object({ changes: ProjectFields.partial() }))
export const ProjectDeleted = event('project:deleted', z.object({}))

/** A project taken over from a data directory that had no log. */
export const ProjectAdopted = event('project:adopted', z.object({ entity: Project }))
