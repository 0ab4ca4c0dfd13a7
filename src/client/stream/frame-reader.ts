import type { Position } from '../../../events/index.ts'
import { Frame } from '../../ws/plain-frames.ts'
import type { PlainFrame } from '../../ws/protocol.ts'
import type { EventItem } from './items.ts'
import type { Reader, ReaderOptions } from './reader.ts'
import { Violation } from './violation.ts'

/** The frames of an event of which not all have come. */
interface Gathering {
  readonly offset: number
  readonly parts: number
  readonly frames: PlainFrame[]
}

/**
 * Reads the view `entities`: the frames of an event are given together, so that the place moves past it only when all of it is
 * there. Offsets may be missing between events: not every record makes frames.
 */
export class FrameReader implements Reader<EventItem> {
  readonly #options: ReaderOptions
  #gathering: Gathering | undefined

  constructor(options: ReaderOptions) {
    this.#options = options
  }

  /** All parts of an event come again. */
  begin(): void {
    this.#gathering = undefined
  }

  records(): never {
    throw new Violation('records where plain frames were asked for')
  }

  *frame(frame: PlainFrame): Generator<EventItem> {
    const { place, projectId } = this.#options
    const { offset, hash } = frame
    if (offset < place.position.offset) return
    const frames = this.#gather(frame)
    if (frames === undefined) return
    place.moveTo({ offset: offset + 1, hash })
    yield { kind: 'event', projectId, offset, frames: frames.flatMap(known), cursor: place.cursor }
  }

  sentUpTo(position: Position): boolean {
    const { place } = this.#options
    if (!place.isBehind(position)) return false
    if (this.#gathering !== undefined) throw new Violation(`the event at ${this.#gathering.offset} is not all there`)
    place.moveTo(position)
    return true
  }

  caughtUp(): void {
    if (this.#gathering !== undefined) throw new Violation(`the event at ${this.#gathering.offset} is not all there`)
  }

  /** All frames of an event, when this is the last. */
  #gather(frame: PlainFrame): readonly PlainFrame[] | undefined {
    const { offset, part = 1, parts = 1 } = frame
    this.#gathering ??= { offset, parts, frames: [] }
    const { frames } = this.#gathering
    if (offset !== this.#gathering.offset || parts !== this.#gathering.parts || part !== frames.length + 1) {
      const missing = `${frames.length + 1} of ${this.#gathering.parts} at ${this.#gathering.offset}`
      throw new Violation(`part ${part} of ${parts} at offset ${offset} where part ${missing} is the next`)
    }
    frames.push(frame)
    if (part < parts) return undefined
    this.#gathering = undefined
    return frames
  }
}

const types: ReadonlySet<string> = new Set(Frame.options.map(({ shape }) => shape.type.value))

const known = (frame: PlainFrame): readonly Frame[] => {
  if (!types.has(frame.type)) return []
  const parsed = Frame.safeParse(frame)
  if (parsed.success) return [parsed.data]
  throw new Violation(`a frame ${frame.type} at offset ${frame.offset} that is not understood`)
}
