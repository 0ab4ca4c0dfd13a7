import { AppError } from '../../src/errors.ts'
import { lineFeed } from '../../src/log/format.ts'

/**
 * The lines of a sequence of bytes, without their line feeds, as many at a time as have arrived. What stands after the last
 * line feed is a line too, unless it is empty. Throws HISTORY_DIVERGED for a line of more than `longest` bytes.
 */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>, longest: number): AsyncGenerator<Uint8Array[]> {
  let rest: Uint8Array = Buffer.of()
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const lines: Uint8Array[] = []
    let start = 0
    for (let end = bytes.indexOf(lineFeed); end !== -1; end = bytes.indexOf(lineFeed, start)) {
      lines.push(bytes.subarray(start, end))
      start = end + 1
    }
    rest = bytes.subarray(start)
    if (rest.length > longest) throw new AppError('HISTORY_DIVERGED', `A line is longer than ${longest} bytes`)
    if (lines.length > 0) yield lines
  }
  if (rest.length > 0) yield [rest]
}
