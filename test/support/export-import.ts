import type fc from 'fast-check'
import type { DomainEvent, Position } from '../../events/index.ts'
import type { Moment } from '../../projections/history.ts'
import type { FileSystem } from '../../src/platform/file-system.ts'
import { createHasher, sha256 } from '../../src/platform/hash.ts'
import { exportLog } from '../../tools/log-export/export.ts'
import type { Extract } from '../../tools/log-export/format.ts'
import { type FormatName, formats } from '../../tools/log-export/formats.ts'
import { type ImportReport, importLog } from '../../tools/log-import/import.ts'
import { Fold } from './fold.ts'
import { commandOf, eventOf, opening } from './histories.ts'
import { intents } from './intents.ts'
import { projectId } from './vocabulary.ts'

/** What happened in a project: whatever people may do, one thing after the other. */
export const histories: fc.Arbitrary<readonly DomainEvent[]> = intents(30).map((plan) => {
  const fold = new Fold()
  const events: DomainEvent[] = []
  for (const event of opening) {
    events.push(event)
    fold.add(event)
  }
  for (const intent of plan) {
    const event = eventOf(commandOf(intent, fold.state), fold.state, events.length)
    if (event === undefined) continue
    events.push(event)
    fold.add(event)
  }
  return events
})

export interface Exported {
  readonly text: string
  readonly extract: Extract
}

/** Exports the project that tests talk about. */
export const exported = async (
  fs: FileSystem,
  dataDir: string,
  format: FormatName = 'jsonl',
  { from, to }: { readonly from?: Moment; readonly to?: Moment } = {},
): Promise<Exported> => {
  const source = { fs, sha256, dataDir, projectId, from, to, format: formats[format] }
  const { texts, extract } = exportLog({ ...source, onProgress: () => {} })
  let text = ''
  for await (const piece of texts) text += piece
  return { text, extract: await extract }
}

export interface ImportChoices {
  readonly head?: Position
  readonly segmentBytes?: number
  /** How many bytes come at a time. */
  readonly pieces?: number
}

/** Imports an export into a data directory. */
export const imported = (
  fs: FileSystem,
  dataDir: string,
  text: string,
  { head, segmentBytes, pieces = 1000 }: ImportChoices = {},
): Promise<ImportReport> =>
  importLog({
    ...{ fs, sha256, createHasher, dataDir, head, input: piecesOf(Buffer.from(text), pieces), onProgress: () => {} },
    ...(segmentBytes === undefined ? {} : { segmentBytes }),
  })

async function* piecesOf(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length)
}
