import type { Frame } from './listener.ts'

/** What a client knows of a project that it follows. */
interface Known {
  /** The offset of the next record. */
  next: number
  /** The hash of the record before it. */
  hash: string
  /** How many parts of the next one are there. */
  parts: number
}

/**
 * A client without a filter that believes nothing: every record must come once and in order, with all its parts, from the
 * cursor on that `subscribed` names, chained by hashes; and the cursors it is told must be its own. Throws when they are not.
 */
export class CarefulClient {
  readonly known = new Map<string, Known>()
  /** How often it was told that it has everything. */
  caughtUp = 0

  take(frame: Frame): void {
    switch (frame.type) {
      case 'subscribed':
        this.#begin(frame)
        break
      case 'records':
        this.#takeLines(frame)
        break
      case 'caught_up':
        this.caughtUp += 1
        this.#compare(frame)
        break
      case 'heartbeat':
        this.#compare(frame)
        break
      case 'error':
        this.known.delete(String(frame.projectId))
        break
      case 'pong':
        break
      default:
        this.#takePart(frame)
    }
  }

  /** Where it stands in a project; undefined if it does not follow it. */
  cursor(projectId: string): string | undefined {
    const known = this.known.get(projectId)
    return known && `${known.next}:${known.hash}`
  }

  #begin({ projectId, from }: Frame): void {
    const [next, hash = ''] = String(from).split(':')
    this.known.set(String(projectId), { next: Number(next), hash, parts: 0 })
  }

  #takeLines({ projectId, from, next, lines = [] }: Frame): void {
    const known = this.#of(projectId)
    same(from, known.next, 'start of a batch')
    for (const line of lines) {
      const { offset, prev, hash } = JSON.parse(line)
      same(offset, known.next, 'offset of a line')
      same(prev, known.hash, 'hash before a line')
      known.next += 1
      known.hash = hash
    }
    same(next, known.next, 'end of a batch')
  }

  #takePart({ projectId, offset, hash, part = 1, parts = 1 }: Frame): void {
    const known = this.#of(projectId)
    same(offset, known.next, 'offset of a frame')
    same(part, known.parts + 1, 'part')
    known.parts += 1
    if (part !== parts) return
    known.next += 1
    known.hash = String(hash)
    known.parts = 0
  }

  #compare({ cursors }: Frame): void {
    const own = Object.fromEntries([...this.known.keys()].map((id) => [id, this.cursor(id)]))
    for (const [id, cursor] of Object.entries(Object(cursors))) {
      // A project may be followed already and not have been announced.
      if (own[id] !== undefined) same(cursor, own[id], `cursor of ${id}`)
    }
  }

  #of(projectId: unknown): Known {
    const known = this.known.get(String(projectId))
    if (known === undefined) throw new Error(`something of ${String(projectId)}, which is not followed`)
    return known
  }
}

const same = (found: unknown, expected: unknown, what: string): void => {
  if (found !== expected) throw new Error(`${what}: ${String(found)} where ${String(expected)} belongs`)
}
