import type { ServerMessage } from '../protocol.ts'

/*
 * Messages as they go over the wire: text, whole, and not masked, since a server's frames are not (RFC 6455, section 5.1).
 * So the same bytes can be written to any number of sockets.
 */

/** FIN and the opcode of text: a message in one frame. */
const wholeText = 0x81
/** Lengths that need two bytes more, and eight bytes more (section 5.2). */
const medium = 126
const long = 127
const longerThanMedium = 0x1_0000

/** A message of some text, and of bytes after it that must be UTF-8. */
export const textMessage = (text: string, ...rest: readonly Uint8Array[]): Buffer => {
  const textBytes = Buffer.byteLength(text)
  const length = rest.reduce((sum, part) => sum + part.length, textBytes)
  const start = length < medium ? 2 : length < longerThanMedium ? 4 : 10
  const message = Buffer.allocUnsafe(start + length)
  message[0] = wholeText
  if (start === 2) message[1] = length
  else if (start === 4) {
    message[1] = medium
    message.writeUInt16BE(length, 2)
  } else {
    message[1] = long
    message.writeUInt16BE(0, 2)
    message.writeUIntBE(length, 4, 6)
  }
  message.write(text, start)
  let at = start + textBytes
  for (const part of rest) {
    message.set(part, at)
    at += part.length
  }
  return message
}

export const jsonMessage = (message: ServerMessage): Buffer => textMessage(JSON.stringify(message))

/** About as long as what several messages are packed into, bytes. */
const packBytes = 64 * 1024

/** Packs messages, so that there are few things to write. One that is longer than a pack is one by itself. */
export const packed = (messages: readonly Buffer[]): Buffer[] => {
  const packs: Buffer[] = []
  let pack: Buffer[] = []
  let bytes = 0
  const finish = (): void => {
    const [first] = pack
    if (first !== undefined) packs.push(pack.length === 1 ? first : Buffer.concat(pack, bytes))
    pack = []
    bytes = 0
  }
  for (const message of messages) {
    if (bytes + message.length > packBytes) finish()
    pack.push(message)
    bytes += message.length
  }
  finish()
  return packs
}
