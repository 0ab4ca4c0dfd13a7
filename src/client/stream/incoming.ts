import { z } from 'zod'
import { PlainFrame, RecordsHeader, ServerMessage } from '../../ws/protocol.ts'
import type { Message } from '../environment.ts'
import { Violation } from './violation.ts'

/** A message from the server, understood as far as its kind. */
export type Incoming =
  | { readonly kind: 'records'; readonly header: RecordsHeader; readonly lines: Uint8Array }
  | { readonly kind: 'frame'; readonly frame: PlainFrame }
  | { readonly kind: 'server'; readonly message: ServerMessage }
  /** Something that a newer server says. */
  | { readonly kind: 'unknown' }

const Typed = z.looseObject({ type: z.string() })
const serverTypes: ReadonlySet<string> = new Set(ServerMessage.options.map(({ shape }) => shape.type.value))

/** Throws `Violation` for what no server says. */
export const readMessage = (message: Message): Incoming => {
  const { first, rest } = split(message)
  const json = understood(Typed, parseJson(first))
  if (json.type === 'records') return { kind: 'records', header: understood(RecordsHeader, json), lines: rest() }
  if (serverTypes.has(json.type)) return { kind: 'server', message: understood(ServerMessage, json) }
  // Types of frames have a colon in them, all others have none.
  return json.type.includes(':') ? { kind: 'frame', frame: understood(PlainFrame, json) } : { kind: 'unknown' }
}

const lineFeed = 0x0a
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()

/** The first line as text, and everything after its line feed as bytes. */
const split = (message: Message): { readonly first: string; readonly rest: () => Uint8Array } => {
  if (typeof message === 'string') {
    const end = message.indexOf('\n')
    return end === -1
      ? { first: message, rest: () => new Uint8Array() }
      : { first: message.slice(0, end), rest: () => encoder.encode(message.slice(end + 1)) }
  }
  const end = message.indexOf(lineFeed)
  return end === -1
    ? { first: decode(message), rest: () => new Uint8Array() }
    : { first: decode(message.subarray(0, end)), rest: () => message.subarray(end + 1) }
}

/** Lines without their line feeds. They are separated by them; one after the last line does no harm. */
export function* linesIn(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(lineFeed, at)
    yield end === -1 ? bytes.subarray(at) : bytes.subarray(at, end)
    at = end === -1 ? bytes.length : end + 1
  }
}

const decode = (bytes: Uint8Array): string => {
  try {
    return utf8.decode(bytes)
  } catch (cause) {
    throw new Violation('a message that is not UTF-8', { cause })
  }
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Violation('a message that is not JSON', { cause })
  }
}

const understood = <T>(schema: z.ZodType<T>, json: unknown): T => {
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  throw new Violation(`a message that is not understood: ${z.prettifyError(parsed.error)}`)
}
