import {
  type Draft,
  maxRecordBytes,
  type ProjectId,
  type SealedLine,
  type Sha256,
  sealLine,
} from '../../events/index.ts'
import { AppError } from '../errors.ts'
import type { Head } from './log.ts'

/** Drafts with their place in the chain, ready to be written in one go. */
export interface Batch {
  readonly lines: readonly SealedLine[]
  readonly bytes: Uint8Array
  /** The head once they are written. */
  readonly head: Head
}

export interface Sealing {
  readonly projectId: ProjectId
  readonly head: Head
  /** The offset before which everything is durable. */
  readonly synced: number
  readonly sha256: Sha256
}

/** No character of a string takes more bytes than this in UTF-8. */
const maxBytesPerUnit = 3

/** Seals drafts one behind the other. Throws PAYLOAD_TOO_LARGE for a record that is too long, before anything is written. */
export const sealBatch = (drafts: readonly Draft[], { projectId, head, synced, sha256 }: Sealing): Batch => {
  let end = head
  const lines = drafts.map((draft) => {
    if (draft.projectId !== projectId) throw new Error(`a record of ${draft.projectId} for the log of ${projectId}`)
    const line = sealLine(draft, end, synced, sha256)
    checkSize(line.text)
    // Not spread, which takes as long as everything else here but the hashes.
    end = { offset: line.next.offset, hash: line.next.hash, at: draft.at }
    return line
  })
  // Added up rather than joined, which copies every line once more.
  return { lines, bytes: Buffer.from(lines.reduce((all, { text }) => all + text, '')), head: end }
}

const checkSize = (text: string): void => {
  if (text.length * maxBytesPerUnit <= maxRecordBytes) return
  const bytes = Buffer.byteLength(text)
  if (bytes <= maxRecordBytes) return
  throw new AppError(
    'PAYLOAD_TOO_LARGE',
    `The record would take ${bytes} bytes; at most ${maxRecordBytes} are possible`,
  )
}
