import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'
import { unsafeIn } from '../../events/index.ts'
import { AppError } from '../errors.ts'
import type { Pass } from './gate.ts'

/** The longest body that is read, in bytes, before and after decompression. */
export const maxBodyBytes = 1024 * 1024

/**
 * The body as an object; a request without a body has an empty one. Throws for everything that is not a JSON object, and when
 * there is no room for it.
 */
export const bodyOf = async (req: IncomingMessage, pass: Pass): Promise<object> => {
  const { 'content-length': length, 'transfer-encoding': chunked } = req.headers
  if (chunked === undefined && (length === undefined || length === '0')) return {}
  const packed = await bytesOf(req, Number(length), pass)
  const bytes = await unpacked(packed, req.headers['content-encoding'])
  pass.hold(bytes.length - packed.length)
  if (bytes.length === 0) return {}
  checkType(req.headers['content-type'])
  const value = parse(bytes)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new AppError('VALIDATION_ERROR', 'The body must be a JSON object')
  }
  const unsafe = unsafeIn(value)
  if (unsafe !== undefined) throw new AppError('VALIDATION_ERROR', `The body ${unsafe}`)
  return value
}

const tooLarge = (): AppError => new AppError('PAYLOAD_TOO_LARGE', 'The body is larger than 1 MiB')

/**
 * What is sent of a body, as it is. Too much is refused at once, before it has all come: the rest is read and forgotten, so
 * that the client gets to see the answer.
 */
const bytesOf = (req: IncomingMessage, announced: number, pass: Pass): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    let isRefused = false
    const refuse = (error: unknown): void => {
      isRefused = true
      reject(error)
    }
    if (announced > maxBodyBytes) refuse(tooLarge())
    req.on('data', (chunk: Buffer) => {
      if (isRefused) return
      length += chunk.length
      try {
        if (length > maxBodyBytes) throw tooLarge()
        pass.hold(chunk.length)
        chunks.push(chunk)
      } catch (error) {
        refuse(error)
      }
    })
    req.on('end', () => resolve(Buffer.concat(chunks)))
    req.on('error', () => refuse(new AppError('VALIDATION_ERROR', 'The body was cut off')))
  })

/** Content-Encoding, in lower case, and how to undo it. */
const decoders: ReadonlyMap<string, (bytes: Buffer, limit: { maxOutputLength: number }) => Promise<Buffer>> = new Map([
  ['gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)],
])

const unpacked = async (bytes: Buffer, encoding = 'identity'): Promise<Buffer> => {
  const name = encoding.toLowerCase()
  if (name === 'identity') return bytes
  const decode = decoders.get(name)
  if (decode === undefined) {
    throw new AppError('UNSUPPORTED_MEDIA_TYPE', `Content-Encoding must be one of ${[...decoders.keys()].join(', ')}`)
  }
  try {
    return await decode(bytes, { maxOutputLength: maxBodyBytes })
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge()
    throw new AppError('VALIDATION_ERROR', `The body is not valid ${name}`)
  }
}

const checkType = (type = ''): void => {
  if (!/^application\/json\s*(?:;|$)/i.test(type)) {
    throw new AppError('UNSUPPORTED_MEDIA_TYPE', 'Content-Type must be application/json')
  }
  const charset = /;\s*charset\s*=\s*"?([^\s";]*)/i.exec(type)?.[1] ?? 'utf-8'
  if (!/^utf-?8$/i.test(charset)) throw new AppError('UNSUPPORTED_MEDIA_TYPE', 'The charset of JSON must be UTF-8')
}

const parse = (bytes: Buffer): unknown => {
  if (!isUtf8(bytes)) throw new AppError('VALIDATION_ERROR', 'The body is not valid UTF-8')
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    // The parser's own message quotes the body.
    throw new AppError('VALIDATION_ERROR', 'The body is not valid JSON')
  }
}
