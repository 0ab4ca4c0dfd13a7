import { AppError } from '../errors.ts'
import { systemErrorCode } from '../platform/system-error.ts'
import { lineEnds, stretches } from './lines.ts'
import type { Block } from './log.ts'
import { type LogFiles, locate, segmentOf } from './segment.ts'

/** Most lines are shorter, so that few of them are had without reading a whole block. */
const usualLineBytes = 1024

/**
 * The lines of the offsets from `from` up to `to`, which must all be committed, in blocks. Ends with LOG_UNAVAILABLE where
 * the files cannot be read, or no longer hold what they held when they were checked.
 */
export async function* readBlocks(files: LogFiles, from: number, to: number): AsyncGenerator<Block> {
  try {
    for (let next = from; next < to; ) {
      for await (const block of readSegment(files, next, to)) {
        yield block
        next = block.next
      }
    }
  } catch (error) {
    const code = systemErrorCode(error)
    if (code === undefined) throw error
    throw new AppError('LOG_UNAVAILABLE', `The log of project ${files.projectId} cannot be read: ${code}`, {
      cause: error,
    })
  }
}

/** The part of it that is in the segment of `from`: up to `to`, or to where the next segment starts. */
async function* readSegment(files: LogFiles, from: number, to: number): AsyncGenerator<Block> {
  const { fs, segments, blockBytes } = files
  const index = segmentOf(segments, from)
  const segment = segments[index]
  if (segment === undefined) throw gone(files, from)
  const file = await fs.open(segment.path, 'read')
  try {
    let next = from
    const byte = (await locate(file, segment, from, blockBytes)) ?? segment.bytes
    const enough = Math.min(blockBytes, (to - from) * usualLineBytes)
    for await (const stretch of stretches(file, byte, segment.bytes, enough)) {
      if (stretch.kind !== 'lines') break
      const block = firstLines(stretch.bytes, next, to - next)
      yield block
      next = block.next
      if (next === to) return
    }
    if (next === from || next !== segments[index + 1]?.base) throw gone(files, next)
  } finally {
    await file.close()
  }
}

const firstLines = (lines: Uint8Array, from: number, limit: number): Block => {
  let next = from
  for (const end of lineEnds(lines)) {
    next += 1
    if (next - from === limit) return { from, next, bytes: lines.subarray(0, end) }
  }
  return { from, next, bytes: lines }
}

const gone = ({ projectId }: LogFiles, offset: number): AppError =>
  new AppError('LOG_UNAVAILABLE', `The log of project ${projectId} has changed on disk: offset ${offset} is gone`)
