import { appendFully } from '../platform/append-fully.ts'
import type { File } from '../platform/file-system.ts'
import { temporaryOf } from '../platform/replace-file.ts'
import { lineFeed } from './format.ts'
import { readAt } from './lines.ts'
import { type LogFiles, locate, type Segment, segmentOf, withFile } from './segment.ts'

/** Where a line stands in its segment, line feed included. */
interface Place {
  readonly segment: Segment
  readonly from: number
  readonly to: number
}

/**
 * Puts another line, given without its line feed, in the place of the one at an offset. The segment is written anew beside
 * the old one and takes its name when it is on the disk: after a crash, either the old line is there or the new one.
 */
export const replaceLine = async (files: LogFiles, offset: number, line: Uint8Array): Promise<void> => {
  const { fs, dir } = files
  const place = await placeOf(files, offset)
  const temporary = temporaryOf(place.segment.path)
  await fs.remove(temporary)
  try {
    await withFile(fs, temporary, 'create', (target) => copyWith(files, target, place, line))
    await fs.rename(temporary, place.segment.path)
  } catch (error) {
    await Promise.allSettled([fs.remove(temporary)])
    throw error
  }
  await fs.syncDirectory(dir)
}

const placeOf = async ({ fs, segments, blockBytes, projectId }: LogFiles, offset: number): Promise<Place> => {
  const segment = segments[segmentOf(segments, offset)]
  const place =
    segment &&
    (await withFile(fs, segment.path, 'read', async (file) => ({
      segment,
      from: await locate(file, segment, offset, blockBytes),
      to: await locate(file, segment, offset + 1, blockBytes),
    })))
  if (place?.from === undefined || place.to === undefined) throw new Error(`${projectId} has no record ${offset}`)
  return { segment: place.segment, from: place.from, to: place.to }
}

const copyWith = ({ fs, blockBytes }: LogFiles, target: File, { segment, from, to }: Place, line: Uint8Array) =>
  withFile(fs, segment.path, 'read', async (source): Promise<void> => {
    const copy = async (begin: number, end: number): Promise<void> => {
      for (let at = begin; at < end; at += blockBytes) {
        await appendFully(target, await readAt(source, at, Math.min(blockBytes, end - at)))
      }
    }
    await copy(0, from)
    await appendFully(target, Buffer.concat([line, Uint8Array.of(lineFeed)]))
    await copy(to, segment.bytes)
    await target.datasync()
  })
