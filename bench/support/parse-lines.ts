import { open } from 'node:fs/promises'

const blockBytes = 1024 * 1024

/** The reference for all that reads a log: streams a file in blocks of 1 MiB and parses each line as JSON. Tells how many. */
export const parseLines = async (path: string): Promise<number> => {
  const file = await open(path)
  const buffer = Buffer.alloc(2 * blockBytes)
  let kept = 0
  let lines = 0
  for (let at = 0; ; ) {
    const { bytesRead } = await file.read(buffer, kept, blockBytes, at)
    if (bytesRead === 0) break
    at += bytesRead
    const end = kept + bytesRead
    const feed = buffer.subarray(0, end).lastIndexOf('\n')
    const texts = buffer.toString('utf8', 0, feed).split('\n')
    for (const text of texts) JSON.parse(text)
    lines += texts.length
    // What a block begins of a line is put before the next block.
    kept = buffer.copy(buffer, 0, feed + 1, end)
  }
  await file.close()
  return lines
}
