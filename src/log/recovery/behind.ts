import { openLine } from '../../../events/index.ts'
import { lineEnds, type Stretch, stretches } from '../lines.ts'
import { type LogFiles, type Segment, withFile } from '../segment.ts'
import type { Cursor } from './scan.ts'
import { lacksSector } from './sectors.ts'

/** What of a segment stands behind the good part of a log. */
export interface Leftover {
  readonly segment: Segment
  readonly from: number
  /** Whether a sector of it never reached the disk. */
  readonly torn: boolean
}

/** A line behind the good part of a log that verifies by itself, wherever it stands. */
export interface Readable {
  readonly offset: number
  readonly synced: number
}

/** The stretches behind the good part, of all segments. */
export async function* stretchesBehind(
  { fs, segments, blockBytes }: LogFiles,
  cursor: Cursor,
): AsyncGenerator<Stretch> {
  for (const [index, { path, bytes }] of segments.entries()) {
    if (index < cursor.segment) continue
    const file = await fs.open(path, 'read')
    try {
      yield* stretches(file, index === cursor.segment ? cursor.byte : 0, bytes, blockBytes)
    } finally {
      await file.close()
    }
  }
}

/** The records of the project behind the good part that can still be read, as they stand there. */
export async function* readableBehind(files: LogFiles, cursor: Cursor): AsyncGenerator<Readable> {
  for await (const stretch of stretchesBehind(files, cursor)) {
    if (stretch.kind === 'overlong') continue
    for (const line of linesOf(stretch)) {
      const opened = openLine(line, files.sha256)
      if (opened.kind === 'bad') continue
      const { projectId, offset, synced } = opened.kind === 'record' ? opened.record : opened.envelope
      if (projectId === files.projectId) yield { offset, synced }
    }
  }
}

/** Lines without their line feed, and also one that has lost it. */
function* linesOf({ kind, bytes }: Exclude<Stretch, { kind: 'overlong' }>): Generator<Uint8Array> {
  if (kind === 'unended') {
    yield bytes
    return
  }
  let start = 0
  for (const end of lineEnds(bytes)) {
    yield bytes.subarray(start, end - 1)
    start = end
  }
}

/** What has to go so that a log ends at a cursor. */
export const leftoversBehind = async ({ fs, segments, blockBytes }: LogFiles, cursor: Cursor): Promise<Leftover[]> => {
  const leftovers: Leftover[] = []
  for (const segment of segments.slice(cursor.segment)) {
    const from = leftovers.length === 0 ? cursor.byte : 0
    const torn = await withFile(fs, segment.path, 'read', (file) => lacksSector(file, from, segment.bytes, blockBytes))
    leftovers.push({ segment, from, torn })
  }
  return leftovers
}
