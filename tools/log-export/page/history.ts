import {
  type EventRecord,
  misplaced,
  type Opened,
  openLine,
  type Position,
  type Sha256,
  start,
} from '../../../events/index.ts'
import type { ProjectState } from '../../../projections/index.ts'
import { deedOf, whoOf } from '../../story/sentence.ts'
import type { Embedded } from './embedded.ts'
import { type Lane, Lanes } from './lanes.ts'
import { Past, spacingOf } from './past.ts'

/** What became of the check of the chain. */
export type Verdict =
  | { readonly kind: 'verified'; readonly records: number }
  | { readonly kind: 'damaged'; readonly offset: number; readonly reason: string }

/** A record in the words of people. */
export interface Told {
  readonly who: string
  readonly deed: string
}

/**
 * Reads the lines of a log from the first one on: checks each by itself and in its place in the chain, tells what it did, and
 * draws the lanes. Ends at damage; what was before it is good.
 */
export class History {
  readonly records: EventRecord[] = []
  readonly told: Told[] = []
  readonly past: Past
  readonly #lanes = new Lanes()
  readonly #lines: readonly string[]
  readonly #about: Embedded
  readonly #sha256: Sha256
  /** Digests of redacted data that no record has announced yet, by the offset of the redacted record. */
  readonly #redacted = new Map<number, string>()
  #position: Position = start
  #verdict: Verdict | undefined

  constructor(lines: readonly string[], about: Embedded, sha256: Sha256) {
    this.#lines = lines
    this.#about = about
    this.#sha256 = sha256
    this.past = new Past(this.records, spacingOf(lines.length))
  }

  /** Undefined until all has been read. */
  get verdict(): Verdict | undefined {
    return this.#verdict
  }

  /** In the order in which they are shown. */
  get lanes(): readonly Lane[] {
    return this.#lanes.list()
  }

  /** The text of a record, as it stands in the log. */
  lineOf(offset: number): string {
    return this.#lines[offset] ?? ''
  }

  /** Reads so many lines more, or as many as there are. */
  read(lines: number): void {
    for (let left = lines; left > 0 && this.#verdict === undefined; left -= 1) this.#next()
  }

  #next(): void {
    const line = this.#lines[this.#position.offset]
    if (line === undefined) this.#end()
    else this.#open(openLine(utf8.encode(line), this.#sha256))
  }

  #open(opened: Opened): void {
    if (opened.kind !== 'record') {
      this.#damaged(opened.reason)
      return
    }
    const { record, next } = opened
    const isOurs = record.projectId === this.#about.projectId
    const reason = isOurs ? misplaced(record, this.#position) : `of project ${record.projectId}`
    if (reason === undefined) {
      this.#take(record)
      this.#position = next
    } else this.#damaged(reason)
  }

  #take(record: EventRecord): void {
    if (record.redacted !== undefined) this.#redacted.set(record.offset, record.redacted)
    if (record.type === 'record:redacted' && this.#redacted.get(record.data.offset) === record.data.digest) {
      this.#redacted.delete(record.data.offset)
    }
    const state = this.past.before(record.offset)
    this.told.push(tell(record, state))
    this.records.push(record)
    this.#lanes.add(state, record, () => this.past.before(record.offset + 1))
  }

  #end(): void {
    const { head, whole } = this.#about
    const [unannounced] = this.#redacted.keys()
    if (head.offset !== this.#position.offset || head.hash !== this.#position.hash) {
      this.#damaged('the file does not end with the record that it should end with')
    } else if (whole && unannounced !== undefined) {
      this.#damaged(`no record says that record ${unannounced} was redacted to what it is`)
    } else this.#verdict = { kind: 'verified', records: this.#position.offset }
  }

  #damaged(reason: string): void {
    this.#verdict = { kind: 'damaged', offset: this.#position.offset, reason }
  }
}

const utf8 = new TextEncoder()

/** Enough of what somebody said for a line of a list. */
const length = 120

const tell = (record: EventRecord, state: ProjectState): Told => ({
  who: whoOf(record.actor, { state }),
  deed: deedOf(record, { state, length }),
})
