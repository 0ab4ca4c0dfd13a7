import { open } from 'node:fs/promises'
import { stdin } from 'node:process'
import { addAbortSignal, type Readable } from 'node:stream'
import { AppError } from '../../src/errors.ts'
import { systemErrorCode } from '../../src/platform/system-error.ts'

/** What stands for standard input where a file is asked for. */
export const standardInput = '-'

/** The bytes of a file, or of standard input. Throws NOT_FOUND for a file that is not there, and LOG_UNAVAILABLE. */
export const openInput = async (name: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> => {
  if (name === standardInput) return bytesOf(addAbortSignal(signal, stdin), name)
  try {
    const file = await open(name)
    return bytesOf(addAbortSignal(signal, file.createReadStream()), name)
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') throw new AppError('NOT_FOUND', `There is no file ${name}`)
    throw unreadable(name, error)
  }
}

async function* bytesOf(stream: Readable, name: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stream) yield chunk
  } catch (error) {
    throw unreadable(name, error)
  }
}

const unreadable = (name: string, error: unknown): unknown =>
  systemErrorCode(error) === undefined
    ? error
    : new AppError('LOG_UNAVAILABLE', `${name} cannot be read`, { cause: error })
