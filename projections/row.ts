import { canonical, type Digest, type Sha256 } from '../events/index.ts'
import { jsonOf } from './growing.ts'
import type { JsonText } from './growing-list.ts'

const utf8 = new TextDecoder()

/** What is known of several entities without parsing them. */
export interface Heads<Indexed extends object> {
  /** What indexes are made of, of one of them. */
  indexedAt(i: number): Indexed
}

/**
 * An entity as its JSON in UTF-8, within bytes that hold those of others too: many views of a few bytes each cost more than
 * they hold.
 */
export class UnparsedEntity<Indexed extends object> {
  readonly #bytes: Uint8Array
  readonly #start: number
  readonly #end: number
  readonly #heads: Heads<Indexed>
  readonly #i: number

  constructor(bytes: Uint8Array, start: number, end: number, heads: Heads<Indexed>, i: number) {
    this.#bytes = bytes
    this.#start = start
    this.#end = end
    this.#heads = heads
    this.#i = i
  }

  get json(): string {
    return utf8.decode(this.#bytes.subarray(this.#start, this.#end))
  }

  get indexed(): Indexed {
    return this.#heads.indexedAt(this.#i)
  }
}

/** An entity with the offsets that its place in the log gives it. Made anew with every change, so what it remembers stays true. */
export class Row<T extends Indexed, Indexed extends object = object> {
  /** Offset of the last event that changed it: its version. */
  readonly version: number
  /** Offset of the event that created it: its place in creation order. */
  readonly created: number
  #content: T | UnparsedEntity<Indexed>
  #json: JsonText | undefined
  #digest: Digest | undefined

  /** JSON in place of the entity is parsed when somebody looks at that: of many that are kept, few are looked at. */
  constructor(entity: T | UnparsedEntity<Indexed>, version: number, created: number) {
    this.#content = entity
    this.version = version
    this.created = created
  }

  get entity(): T {
    const content = this.#content
    if (!(content instanceof UnparsedEntity)) return content
    const entity: T = JSON.parse(content.json)
    // The bytes, of a whole snapshot maybe, stay in memory as long as one needs them.
    this.#content = entity
    return entity
  }

  /** The entity as JSON, made once for all who read it. */
  get json(): JsonText {
    this.#json ??= this.passingJson
    return this.#json
  }

  /** The same, for somebody who goes over all there is: what is made for that is not kept. */
  get passingJson(): JsonText {
    const content = this.#content
    return this.#json ?? (content instanceof UnparsedEntity ? content.json : jsonOf(content))
  }

  /** What indexes are made of. */
  get indexed(): Indexed {
    const content = this.#content
    return content instanceof UnparsedEntity ? content.indexed : content
  }

  /** The hash of the canonical entity, made once. */
  digest(sha256: Sha256): Digest {
    this.#digest ??= sha256(canonical(this.entity))
    return this.#digest
  }
}
