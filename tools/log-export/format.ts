import type { Position, ProjectId } from '../../events/index.ts'
import type { GoodLine } from '../../src/log/recovery/scan.ts'

/** What is exported, known when all of it has been written. */
export interface Extract {
  readonly projectId: ProjectId
  /** Offset of the first record. */
  readonly from: number
  readonly records: number
  /** The position after the last record. */
  readonly head: Position
  /** Whether these are all the records that there were. */
  readonly whole: boolean
}

/** Writes the records of one export. All texts together are the file. */
export interface ExtractWriter {
  /** Asked once, before anything else. */
  begin(): string
  /** Asked for every few records. */
  lines(lines: readonly GoodLine[]): string
  end(extract: Extract): string
}

/** A form in which a log can be written out. */
export interface ExportFormat {
  /** One line, for help. */
  readonly summary: string
  /** Whether it makes no sense of records without those before them. */
  readonly needsStart?: true
  readonly start: (projectId: ProjectId) => ExtractWriter | Promise<ExtractWriter>
}
