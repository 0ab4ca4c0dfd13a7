import { createdAtOf, instantOf, type Stamp, said, spelled } from './fields.ts'
import type { OldEntity } from './old-entity.ts'

/** A project with all that its file leaves out. Whether it is one is for the schema to say. */
export const oldProject = (old: OldEntity, { at }: Stamp): object => {
  const given = said(old.fields)
  const createdAt = createdAtOf(old, at)
  return {
    ...{ workingDir: '', description: '' },
    ...given,
    lifecycle: spelled(given.lifecycle ?? 'open'),
    createdAt,
    updatedAt: instantOf(given.updatedAt) ?? createdAt,
  }
}
