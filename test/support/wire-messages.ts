import { type Frame, frameIn } from './listener.ts'

/** The messages in what a server has written to a socket: whole text frames that are not masked (RFC 6455, section 5.2). */
export const messagesIn = (bytes: Buffer): Frame[] => {
  const frames: Frame[] = []
  for (let at = 0; at < bytes.length; ) {
    if (bytes.readUInt8(at) !== 0x81) throw new Error('not a whole text frame')
    const short = bytes.readUInt8(at + 1)
    const start = at + (short < 126 ? 2 : short === 126 ? 4 : 10)
    const length =
      short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2))
    frames.push(frameIn(bytes.toString('utf8', start, start + length)))
    at = start + length
  }
  return frames
}
