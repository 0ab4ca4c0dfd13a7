import {
  type Digest,
  type EventRecord,
  misplaced,
  openLine,
  type Position,
  recordVersion,
} from '../../../events/index.ts'
import type { RecordsHeader } from '../../ws/protocol.ts'
import { MaestroError } from '../error.ts'
import { linesIn } from './incoming.ts'
import type { RecordItem } from './items.ts'
import type { Reader, ReaderOptions } from './reader.ts'
import { Violation } from './violation.ts'

/** Reads the view `records`: every line is checked by its seals, and by the chain as far as the filter shows it. */
export class RecordReader implements Reader<RecordItem> {
  readonly #options: ReaderOptions
  /** The offset that the server goes on from. That is beyond the place where a filter has left out what came since. */
  #next = 0
  /** Lines with other data than they were sealed with, by offset, until a later record says so. */
  readonly #redacted = new Map<number, Digest>()

  constructor(options: ReaderOptions) {
    this.#options = options
  }

  begin(): void {
    this.#next = this.#options.place.position.offset
    if (this.#next === 0) this.#redacted.clear()
  }

  *records({ from, next }: RecordsHeader, lines: Uint8Array): Generator<RecordItem> {
    const { place, projectId, isFiltered } = this.#options
    if (from !== this.#next) throw new Violation(`records from ${from} where ${this.#next} is the next`)
    for (const line of linesIn(lines)) {
      const { record, position } = this.#open(line, next)
      place.moveTo(position)
      yield { kind: 'record', projectId, offset: record.offset, record, cursor: place.cursor }
    }
    if (place.position.offset !== next && !isFiltered) {
      throw new Violation(`records up to ${place.position.offset} in a message that says ${next}`)
    }
    this.#next = next
  }

  frame(): never {
    throw new Violation('a plain frame where records were asked for')
  }

  sentUpTo(position: Position): boolean {
    const { place, isFiltered } = this.#options
    if (!place.isBehind(position)) return false
    if (!isFiltered) {
      const missing = place.position.offset
      throw new Violation(`everything up to ${position.offset} is said to be sent, but ${missing} never came`)
    }
    place.moveTo(position)
    this.#next = position.offset
    return true
  }

  caughtUp(): void {
    const [first] = this.#redacted
    if (first === undefined || this.#options.isFiltered) return
    const [offset] = first
    const { projectId } = this.#options
    throw new MaestroError('BAD_STREAM', `The data of record ${offset} was replaced, and no record says so`, {
      projectId,
    })
  }

  #open(line: Uint8Array, next: number): { readonly record: EventRecord; readonly position: Position } {
    const { sha256, projectId } = this.#options
    const opened = openLine(line, sha256)
    if (opened.kind === 'newer') {
      const known = `this client reads up to version ${recordVersion}`
      throw new MaestroError('NEWER_RECORD', `${opened.reason}; ${known}`, { projectId })
    }
    if (opened.kind === 'bad') throw new Violation(`a line after offset ${this.#next}: ${opened.reason}`)
    const { record, next: position } = opened
    const problem = this.#problemOf(record, next)
    if (problem !== undefined) throw new Violation(problem)
    this.#note(record)
    return { record, position }
  }

  /** Why a well-sealed record cannot come now; undefined when it can. */
  #problemOf(record: EventRecord, next: number): string | undefined {
    const { place, projectId, isFiltered } = this.#options
    const { offset } = record
    if (record.projectId !== projectId) return `a record of ${record.projectId} among those of ${projectId}`
    if (offset < this.#next || offset >= next) return `record ${offset} in a message from ${this.#next} to ${next}`
    return isFiltered && offset > place.position.offset ? undefined : misplaced(record, place.position)
  }

  #note(record: EventRecord): void {
    if (record.redacted !== undefined) this.#redacted.set(record.offset, record.redacted)
    if (record.type !== 'record:redacted') return
    const { offset, digest } = record.data
    if (this.#redacted.get(offset) === digest) this.#redacted.delete(offset)
  }
}
