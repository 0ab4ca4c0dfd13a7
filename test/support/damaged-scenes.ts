import { contents, diskWith, sealedWrites } from './damaged-logs.ts'
import { recordsOf, writeSnapshot } from './log-snapshots.ts'
import { drafts } from './logs.ts'
import type { MemoryFileSystem } from './memory-file-system.ts'

const batch = drafts(9)
export const records = await recordsOf(batch)
/** Nine records, each durable before the next was written. */
const lines = sealedWrites(
  batch,
  batch.map(() => 1),
)
export const part = (from: number, to: number): Buffer => Buffer.concat(lines.slice(from, to))
/** The same with a byte of one record changed. */
export const flipped = (from: number, to: number, offset: number): Buffer => {
  const bytes = part(from, to)
  const at = part(from, offset).length + 30
  bytes[at] = (bytes[at] ?? 0) ^ 1
  return bytes
}
export const rubbish = Buffer.from('rubbish\n')
const zeros = Buffer.alloc(1100)

/** Damaged logs: what the segments hold, how many records are good, and after which records there are snapshots. */
export const scenes: Array<[string, Record<number, Buffer>, number, readonly number[]]> = [
  ['a flipped bit in the only segment', { 0: flipped(0, 9, 4) }, 4, []],
  ['a flipped bit in the first of three segments', { 0: flipped(0, 3, 1), 3: part(3, 6), 6: part(6, 9) }, 1, [5, 9]],
  ['a flipped bit in the first record', { 0: flipped(0, 3, 0), 3: part(3, 6) }, 0, [3]],
  ['a flipped bit in the first record of a segment', { 0: part(0, 3), 3: flipped(3, 6, 3), 6: part(6, 9) }, 3, [3, 6]],
  ['a missing segment', { 0: part(0, 3), 6: part(6, 9) }, 3, [2, 8]],
  ['a segment that is there twice', { 0: part(0, 6), 3: part(3, 6), 6: part(6, 9) }, 6, [6, 7]],
  ['rubbish in the last line', { 0: Buffer.concat([part(0, 6), rubbish]) }, 6, [6]],
  ['rubbish with an empty segment behind it', { 0: Buffer.concat([part(0, 6), rubbish]), 7: Buffer.of() }, 6, []],
  [
    'lost sectors that later records know to have been there',
    { 0: Buffer.concat([part(0, 2), zeros, rubbish]), 3: Buffer.concat([zeros, rubbish]), 6: part(6, 9) },
    2,
    [7],
  ],
  ['a torn end', { 0: Buffer.concat([part(0, 6), part(6, 7).subarray(0, 99)]) }, 6, []],
  [
    'a torn end that a snapshot knows more of',
    { 0: Buffer.concat([part(0, 6), part(6, 7).subarray(0, 99)]) },
    6,
    [6, 7],
  ],
]

export type Scene = (typeof scenes)[number]

export const diskOf = async ([, segments, , snapshots]: Scene): Promise<MemoryFileSystem> => {
  const disk = diskWith(segments)
  for (const offset of snapshots) await writeSnapshot(disk, records.slice(0, offset))
  return disk
}

/** All that has to go: what stands in each file behind the good records. */
export const taken = async (scene: Scene): Promise<string[]> => {
  const [, , good] = scene
  const files = Object.entries(contents(await diskOf(scene)))
  let next = 0
  const gone = files.map(([path, text]) => {
    const snapshot = /snapshot-(\d+)/.exec(path)?.[1]
    if (snapshot !== undefined) return Number(snapshot) > good ? text : ''
    const base = Number(/(\d+)\.jsonl$/.exec(path)?.[1])
    if (base !== next) return text
    while (next < good && text.startsWith(part(base, next + 1).toString('latin1'))) next += 1
    return text.slice(part(base, next).length)
  })
  return gone.filter((text) => text !== '')
}

/** The segments among some files. */
export const segmentsIn = (files: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).filter(([path]) => path.endsWith('.jsonl')))
