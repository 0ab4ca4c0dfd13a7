import { z } from 'zod'
import {
  cursorPattern,
  Digest,
  Envelope,
  Instant,
  idPattern,
  JsonObject,
  maxTypes,
  ProjectId,
  TypeFilter,
} from '../../events/index.ts'
import { filterId } from './schemas.ts'

/** How many records a page holds, if not told otherwise and at most; and how many bytes, save for one longer record. */
export const usualRecords = 1000
export const mostRecords = 10_000
export const pageBytes = 4 * 1024 * 1024
/** How long a request may wait for something to happen, s. */
export const longestWait = 60

/** A whole number in a query. */
export const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^[0-9]{1,15}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(least).max(most))

/** A cursor in a query: the offset of the next record wanted, and if need be the hash of the one before it. */
export const CursorText = z
  .string()
  .regex(cursorPattern, 'must be an offset, "start", "now", or "<offset>:<hash of the record before it>"')

/** Filters separated by commas, in one parameter or in several. */
const Types = z
  .union([z.string(), z.array(z.string())])
  .transform((given) => [given].flat().flatMap((text) => text.split(',')))
  .pipe(z.array(TypeFilter).min(1).max(maxTypes))

export const LogQuery = z.object({
  from: CursorText.default('start'),
  limit: wholeNumber(1, mostRecords).default(usualRecords),
  type: Types.optional(),
  entity: filterId(z.string().regex(idPattern)).optional(),
  wait: wholeNumber(0, longestWait).default(0),
})
export type LogQuery = z.output<typeof LogQuery>

/** A record as it is in the log. */
export const LogRecord = Envelope.extend({ v: z.int().positive(), type: z.string(), data: JsonObject })

/** The long form of a cursor. */
export const LongCursor = z.string().regex(/^[0-9]{1,15}:[0-9a-f]{64}$/)

export const LogPage = z.object({
  projectId: ProjectId,
  from: LongCursor,
  next: LongCursor,
  head: z.int().nonnegative(),
  records: z.array(LogRecord),
})

export const LogHead = z.object({ head: z.int().nonnegative(), hash: Digest, at: Instant.nullable() })
