import { join } from 'node:path'
import { defaultBlockBytes } from '../../src/log/format.ts'
import { readAt } from '../../src/log/lines.ts'
import type { GoodLine } from '../../src/log/recovery/scan.ts'
import { type LogFiles, withFile } from '../../src/log/segment.ts'
import { unlessGone } from '../../src/log/snapshot-check.ts'
import type { FileSystem } from '../../src/platform/file-system.ts'
import { checkedLines } from '../support/checked-lines.ts'
import { beginning } from '../support/log-files.ts'
import { viewOf } from '../support/view.ts'
import { holdsAny } from './secret.ts'

/** A record that also holds what is taken out of another one. */
export interface Occurrence {
  readonly offset: number
  /** What is in the header, such as the name of the actor, cannot be taken out: the chain is made of it. */
  readonly part: 'data' | 'header'
}

const dataMark = ',"data":'

/** Where in a log some texts stand. `instead` is what a line will be, if it will be another one. */
export const occurrencesIn = async (
  files: LogFiles,
  needles: readonly Buffer[],
  instead: (line: GoodLine) => Uint8Array,
): Promise<Occurrence[]> => {
  const found: Occurrence[] = []
  if (needles.length === 0) return found
  for await (const lines of checkedLines(files, beginning())) {
    for (const line of lines) {
      const bytes = viewOf(instead(line))
      if (!holdsAny(bytes, needles)) continue
      const mark = bytes.indexOf(dataMark)
      const { offset } = line.record
      if (holdsAny(bytes.subarray(0, mark), needles)) found.push({ offset, part: 'header' })
      if (holdsAny(bytes.subarray(mark), needles)) found.push({ offset, part: 'data' })
    }
  }
  return found
}

/** The files below a directory, other than those that `skip` names, that hold any of some texts; paths from it on. */
export const filesHolding = async (
  fs: FileSystem,
  dir: string,
  needles: readonly Buffer[],
  skip: (path: string) => boolean,
): Promise<string[]> => {
  const found: string[] = []
  const look = async (folder: string): Promise<void> => {
    for (const { name, kind } of await fs.list(join(dir, folder))) {
      const path = join(folder, name)
      if (skip(path)) continue
      if (kind === 'directory') await look(path)
      else if (kind === 'file' && (await unlessGone(() => fileHolds(fs, join(dir, path), needles)))) found.push(path)
    }
  }
  if (needles.length > 0) await look('')
  return found
}

/** Looks at a file in blocks that overlap, so that nothing is missed between two of them. */
const fileHolds = (fs: FileSystem, path: string, needles: readonly Buffer[]): Promise<boolean> =>
  withFile(fs, path, 'read', async (file) => {
    const size = await file.size()
    const overlap = Math.max(...needles.map(({ length }) => length)) - 1
    for (let at = 0; at < size; at += defaultBlockBytes) {
      const bytes = await readAt(file, at, Math.min(defaultBlockBytes + overlap, size - at))
      if (holdsAny(viewOf(bytes), needles)) return true
    }
    return false
  })
