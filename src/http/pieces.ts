import type { Past } from '../store/past.ts'
import type { Input, none } from './operation.ts'

/** About how long the pieces of a long answer are, characters, and how long it may take to make one, ms. */
const pieceLength = 64 * 1024
const pieceTime = 1

export interface Making {
  readonly past: Past
  /** Milliseconds on a clock that never jumps. */
  readonly stopwatch: () => number
  readonly signal: AbortSignal
}

/** What an operation has that makes a long answer. */
export type Asking = Pick<Input<typeof none, typeof none, typeof none>, 'past' | 'system' | 'departure'>

export const makingOf = ({ past, system, departure }: Asking): Making => ({
  past,
  stopwatch: () => system.uptime() * 1000,
  signal: departure(),
})

/**
 * The members of a JSON array, with commas between them, in pieces that are made one by one, each when it is its turn. An item
 * that is undefined is none: it only gives others a chance to have their turn.
 */
export async function* members(
  items: Iterable<object | undefined>,
  { past, stopwatch, signal }: Making,
): AsyncGenerator<string> {
  const rest = items[Symbol.iterator]()
  let separator = ''
  let isOver = false
  const nextPiece = (): string => {
    const until = stopwatch() + pieceTime
    let piece = ''
    while (piece.length < pieceLength && stopwatch() < until) {
      const { value, done = false } = rest.next()
      isOver = done
      if (done) break
      if (value === undefined) continue
      piece += `${separator}${JSON.stringify(value)}`
      separator = ','
    }
    return piece
  }
  while (!isOver && !signal.aborted) {
    const piece = await past.piece(nextPiece)
    if (piece !== '') yield piece
  }
}
