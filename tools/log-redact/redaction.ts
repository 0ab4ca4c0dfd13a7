import {
  canonical,
  type Digest,
  type EventRecord,
  type Json,
  JsonObject,
  openLine,
  type Sha256,
} from '../../events/index.ts'
import { AppError } from '../../src/errors.ts'
import { partsOfLine, redactedLine } from '../../src/log/redacted-line.ts'
import { quoted } from '../support/shown.ts'
import { leavesOf, tokensOf, valueAt, withValueAt } from './pointer.ts'

/** Stands where something was. */
export const marker = '[redacted]'

/** A record without what is to be taken out of it. */
export interface Redaction {
  /** Its line, without its line feed. */
  readonly line: Uint8Array
  /** Of its data: what a later record has to announce. */
  readonly digest: Digest
  /** What is taken out; undefined when it was before. */
  readonly old: Json | undefined
  /** What stands there instead. */
  readonly replacement: Json
}

/**
 * Takes the value at a pointer out of the data of a record. What is left is a record of the same type: what the log is built
 * of, such as ids, statuses and times, cannot be taken out. Throws NOT_FOUND for a place that the record does not have, and
 * VALIDATION_ERROR for what cannot be taken out.
 */
export const redact = (line: Uint8Array, record: EventRecord, pointer: string, sha256: Sha256): Redaction => {
  const parts = partsOfLine(line)
  const data: Json = JSON.parse(parts.data)
  const tokens = tokensOf(pointer)
  if (tokens === undefined)
    throw new AppError('VALIDATION_ERROR', `${quoted(pointer)} is no JSON pointer: ${hint(data)}`)
  const old = valueAt(data, tokens)
  if (old === undefined) throw new AppError('NOT_FOUND', `${nameOf(record)} has no ${quoted(pointer)}: ${hint(data)}`)
  const dataWith = (value: Json): string => canonical(JsonObject.parse(withValueAt(data, tokens, value)))
  const lineWith = (value: Json): Uint8Array => redactedLine(parts, dataWith(value), sha256)
  const replacement = replacementFor(old, (value) => openLine(lineWith(value), sha256).kind === 'record')
  if (replacement === undefined) throw unfit(record, pointer)
  if (dataWith(replacement) === parts.data) {
    return { line, digest: record.redacted ?? record.digest, old: undefined, replacement }
  }
  return { line: lineWith(replacement), digest: sha256(dataWith(replacement)), old, replacement }
}

/**
 * A text becomes the marker, as does whatever else may be a text there; a number becomes null, a list or an object that holds
 * nothing but free text becomes empty. Undefined where that would not be a record any more.
 */
const replacementFor = (old: Json, fits: (value: Json) => boolean): Json | undefined => {
  if (old === null) return null
  if (fits(marker)) return marker
  if (typeof old === 'string') return undefined
  if (typeof old !== 'object') return fits(null) ? null : undefined
  const empty = Array.isArray(old) ? [] : {}
  return fits(marked(old)) && fits(empty) ? empty : undefined
}

/** A value with the marker in the place of all that it holds. */
const marked = (value: Json): Json => {
  if (typeof value !== 'object' || value === null) return marker
  if (Array.isArray(value)) return value.map(marked)
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, marked(member)]))
}

const nameOf = ({ offset, type }: EventRecord): string => `Record ${offset}, ${type},`

/** How many places are named at most. */
const places = 20

const hint = (data: Json): string => {
  const pointers = leavesOf(data).map(({ pointer }) => quoted(pointer))
  const more = pointers.length > places ? ' …' : ''
  return pointers.length === 0
    ? 'there is nothing in its data'
    : `there is ${pointers.slice(0, places).join(', ')}${more}`
}

const unfit = (record: EventRecord, pointer: string): AppError =>
  new AppError(
    'VALIDATION_ERROR',
    `${nameOf(record)} needs its ${quoted(pointer)}: ids, statuses, times and the like are what the log is built of. ` +
      'Only free text, and what clients put into metadata, env and events, can be taken out.',
  )
