import type { UnsealedOf } from '../events/index.ts'
import type { Effect } from './change.ts'

export const projectCreated = ({ projectId, at, data }: UnsealedOf<'project:created'>): Effect[] => [
  {
    kind: 'project',
    op: 'create',
    id: projectId,
    entity: {
      id: projectId,
      name: data.name,
      workingDir: data.workingDir ?? '',
      description: data.description ?? '',
      lifecycle: data.lifecycle ?? 'open',
      createdAt: at,
      updatedAt: at,
    },
  },
]

export const projectUpdated = ({ projectId, at, data }: UnsealedOf<'project:updated'>): Effect[] => [
  {
    kind: 'project',
    op: 'update',
    id: projectId,
    recipe: (project) => {
      Object.assign(project, data.changes)
      project.updatedAt = at
    },
  },
]

export const projectDeleted = ({ projectId }: UnsealedOf<'project:deleted'>): Effect[] => [
  { kind: 'project', op: 'delete', id: projectId },
]

export const projectAdopted = ({ projectId, data }: UnsealedOf<'project:adopted'>): Effect[] => [
  { kind: 'project', op: 'create', id: projectId, entity: { ...data.entity } },
]
