import { z } from 'zod'
import { describeRequests } from './describe-requests.ts'
import { nameSchemas } from './name-schemas.ts'

/** What the documents add to a schema: a name that others refer to it by, and keywords of JSON Schema. */
export type Names = z.core.$ZodRegistry<{ id?: string; description?: string; [keyword: string]: unknown }>

const namesOfAll = (): Names => {
  const names: Names = z.registry()
  nameSchemas(names)
  describeRequests(names)
  return names
}

export const names = namesOfAll()
