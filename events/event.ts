import { z } from 'zod'

/** A domain event is a record type and the schema of its data; everything else about it is inferred. */
export const event = <const Type extends string, Data extends z.ZodType>(type: Type, data: Data) =>
  z.object({ type: z.literal(type), data })
