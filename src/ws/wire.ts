/**
 * One or more whole messages as they go over the wire. A server's frames are not masked (RFC 6455, section 5.1), so the same
 * bytes are written to any number of sockets.
 */
export interface Chunk {
  /** Written one after the other, with nothing in between. */
  readonly parts: readonly Uint8Array[]
  readonly bytes: number
}

/** FIN and the opcode of text: a message in one frame. */
const wholeText = 0x81
/** Lengths that need two bytes more, and eight bytes more (RFC 6455, section 5.2). */
const medium = 126
const long = 127
const longerThanMedium = 0x1_0000

const headerBytes = (length: number): number => (length < medium ? 2 : length < longerThanMedium ? 4 : 10)

const writeHeader = (frame: Buffer, length: number): void => {
  frame[0] = wholeText
  frame[1] = length < medium ? length : length < longerThanMedium ? medium : long
  if (frame[1] === medium) frame.writeUInt16BE(length, 2)
  if (frame[1] !== long) return
  frame.writeUInt16BE(0, 2)
  frame.writeUIntBE(length, 4, 6)
}

/** A text message, ready to be written. */
export const textMessage = (text: string): Buffer => {
  const length = Buffer.byteLength(text)
  const header = headerBytes(length)
  const frame = Buffer.allocUnsafe(header + length)
  writeHeader(frame, length)
  frame.write(text, header)
  return frame
}

/** A text message that begins with `text` and goes on with `rest`, which must be UTF-8 and is not copied. */
export const textMessageOf = (text: string, rest: Uint8Array): Chunk => {
  const begins = Buffer.byteLength(text)
  const header = headerBytes(begins + rest.length)
  const front = Buffer.allocUnsafe(header + begins)
  writeHeader(front, begins + rest.length)
  front.write(text, header)
  return { parts: [front, rest], bytes: front.length + rest.length }
}

/** About as long as the chunks that several messages are packed into, bytes. */
export const chunkBytes = 64 * 1024

/** Packs messages into few chunks; one that is longer than a chunk is one by itself. */
export const packed = (messages: readonly Buffer[]): Chunk[] => {
  const chunks: Chunk[] = []
  let pack: Buffer[] = []
  let bytes = 0
  const finish = (): void => {
    const [only] = pack
    if (only !== undefined) chunks.push({ parts: [pack.length === 1 ? only : Buffer.concat(pack, bytes)], bytes })
    pack = []
    bytes = 0
  }
  for (const message of messages) {
    if (bytes + message.length > chunkBytes) finish()
    pack.push(message)
    bytes += message.length
  }
  finish()
  return chunks
}
