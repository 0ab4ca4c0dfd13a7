import { z } from 'zod'
import { Envelope, type EventRecord, type Position, type RequestMark, recordVersion, type Sha256 } from './record.ts'
import { StoredEvent, type Upcaster, upcast, upcasters } from './upcast.ts'
import { takeApart } from './usual-line.ts'

/** What a writer knows of a record before its place in the log is certain. `data` is canonical JSON. */
export interface Draft {
  readonly id: EventRecord['id']
  readonly projectId: EventRecord['projectId']
  readonly type: EventRecord['type']
  readonly at: EventRecord['at']
  readonly actor: EventRecord['actor']
  readonly request?: RequestMark | undefined
  readonly data: string
}

export interface SealedLine {
  /** The record's line, its line feed included. */
  readonly text: string
  /** The position after it. */
  readonly next: Position
}

/**
 * Gives a draft its place in the chain. `hash` covers the line up to the first `,"hash":`, which holds the digest of
 * `data`; so a line is checked from its raw bytes with two hashes, and `data` can be redacted without breaking the chain.
 * Nothing in front of that mark is free text: ids, keys and types exclude quotes.
 */
export const sealLine = (draft: Draft, place: Position, synced: number, sha256: Sha256): SealedLine => {
  const actor = draft.actor.id === undefined ? '' : `,"id":"${draft.actor.id}"`
  const request = draft.request ? `,"request":{"key":"${draft.request.key}","digest":"${draft.request.digest}"}` : ''
  const header =
    `{"v":${recordVersion},"offset":${place.offset},"id":"${draft.id}","projectId":"${draft.projectId}",` +
    `"type":"${draft.type}","at":${draft.at},"synced":${synced},"actor":{"kind":"${draft.actor.kind}"${actor}}${request},` +
    `"prev":"${place.hash}","digest":"${sha256(draft.data)}"`
  const hash = sha256(header)
  return { text: `${header},"hash":"${hash}","data":${draft.data}}\n`, next: { offset: place.offset + 1, hash } }
}

/** What every version of the format has, so that an older server can tell a newer record from a damaged one. */
const StoredSeal = Envelope.pick({ offset: true, projectId: true, synced: true, prev: true, digest: true }).extend(
  StoredEvent.shape,
)
type StoredSeal = z.infer<typeof StoredSeal>

export type Opened =
  | { readonly kind: 'record'; readonly record: EventRecord; readonly next: Position }
  /** Well sealed, but written by a newer server. */
  | { readonly kind: 'newer'; readonly reason: string; readonly envelope: StoredSeal }
  | { readonly kind: 'bad'; readonly reason: string }

const bad = (reason: string): Opened => ({ kind: 'bad', reason })

const hashMark = ',"hash":"'
const markBytes = new TextEncoder().encode(hashMark)
const tail = /^,"hash":"([0-9a-f]{64})"(?:,"redacted":"([0-9a-f]{64})")?,"data":/
/** The longest text that `tail` can match. */
const tailBytes = `,"hash":"${'0'.repeat(64)}","redacted":"${'0'.repeat(64)}","data":`.length
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
/** For the seals, which are ASCII, out of bytes that may end within a character. */
const ascii = new TextDecoder('latin1')

const indexOfMark = (line: Uint8Array): number => {
  const last = line.length - markBytes.length
  search: for (let i = line.indexOf(0x2c); i !== -1 && i <= last; i = line.indexOf(0x2c, i + 1)) {
    for (let j = 1; j < markBytes.length; j += 1) if (line[i + j] !== markBytes[j]) continue search
    return i
  }
  return -1
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const decode = (bytes: Uint8Array): string | undefined => {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

const StoredLine = Envelope.omit({ v: true }).extend(StoredEvent.shape)

/**
 * Checks one line, without its line feed, by itself: seals, form and event. Whether it stands where it should is what
 * `misplaced` tells. Never throws: whatever the bytes are, the answer says what they are. A redacted line passes here;
 * its reader must also find the later `record:redacted` that announces it.
 */
export const openLine = (line: Uint8Array, sha256: Sha256, steps: readonly Upcaster[] = upcasters): Opened =>
  openUsual(line, sha256, steps) ?? openAny(line, sha256, steps)

/** Opens a line that is as `sealLine` writes it. Undefined for all others, good or bad: `openAny` tells which. */
const openUsual = (line: Uint8Array, sha256: Sha256, steps: readonly Upcaster[]): Opened | undefined => {
  const text = decode(line)
  const usual = text?.endsWith('}') ? takeApart(text) : undefined
  if (text === undefined || usual === undefined) return undefined
  const { envelope, type, hashed, data } = usual
  const hash = sha256(line.subarray(0, hashed))
  if (hash !== envelope.hash) return undefined
  if (sha256(line.subarray(data, -1)) !== (envelope.redacted ?? envelope.digest)) return undefined
  const current = upcast({ v: recordVersion, type, data: parseJson(text.slice(data, -1)) }, steps)
  if (current.kind !== 'event') return undefined
  // The same text, but not a part of the line: hashes are kept for long, and a part keeps the whole of it in memory.
  envelope.hash = hash
  // Assigned rather than spread, which takes as long as everything above together.
  const record = Object.assign(envelope, current.event)
  return { kind: 'record', record, next: { offset: record.offset + 1, hash } }
}

const openAny = (line: Uint8Array, sha256: Sha256, steps: readonly Upcaster[]): Opened => {
  const mark = indexOfMark(line)
  if (mark === -1) return bad('no hash')
  const [matched, hash, redacted] = tail.exec(ascii.decode(line.subarray(mark, mark + tailBytes))) ?? []
  if (matched === undefined || hash === undefined) return bad('no hash followed by data')
  if (sha256(line.subarray(0, mark)) !== hash) return bad('hash does not match')
  const text = decode(line)
  if (text === undefined) return bad('not UTF-8')
  const json = parseJson(text)
  const parsed = StoredLine.safeParse(json)
  const stored = parsed.success ? parsed : StoredSeal.safeParse(json)
  if (!stored.success) return bad(`not a record: ${z.prettifyError(stored.error)}`)
  if (sha256(line.subarray(mark + matched.length, -1)) !== (redacted ?? stored.data.digest)) {
    return bad('digest of data does not match')
  }
  const current = upcast(stored.data, steps)
  if (current.kind === 'newer') return { ...current, envelope: stored.data }
  if (!parsed.success) return bad(`not a record: ${z.prettifyError(parsed.error)}`)
  if (current.kind === 'malformed') return bad(current.reason)
  const record = Object.assign(parsed.data, { v: recordVersion } as const, current.event)
  return { kind: 'record', record, next: { offset: record.offset + 1, hash } }
}

/** Why a record cannot stand at `place`, or undefined when it can. */
export const misplaced = (record: Pick<Envelope, 'offset' | 'prev'>, place: Position): string | undefined => {
  if (record.offset !== place.offset) return `offset ${record.offset} where ${place.offset} belongs`
  if (record.prev !== place.hash) return 'prev is not the hash of the record before'
  return undefined
}
