/** Something that happened at a time, ms. */
interface Timed {
  readonly at: number
}

/** Merges sequences that are each in the order of time into one. What happened at the same time comes in their order. */
export async function* mergeByTime<T extends Timed>(sources: ReadonlyArray<AsyncIterable<T>>): AsyncGenerator<T> {
  const iterators = sources.map((source) => source[Symbol.asyncIterator]())
  try {
    const heads = await Promise.all(iterators.map((iterator) => iterator.next()))
    for (;;) {
      const next = earliest(heads)
      const head = heads[next]
      const iterator = iterators[next]
      if (head === undefined || head.done === true || iterator === undefined) return
      yield head.value
      heads[next] = await iterator.next()
    }
  } finally {
    for (const iterator of iterators) await iterator.return?.()
  }
}

/** The index of the head with the earliest time; -1 when all sequences are at their ends. */
const earliest = <T extends Timed>(heads: ReadonlyArray<IteratorResult<T>>): number => {
  let found = -1
  let time = Number.POSITIVE_INFINITY
  for (const [i, head] of heads.entries()) {
    if (head.done === true || head.value.at >= time) continue
    found = i
    time = head.value.at
  }
  return found
}

/** The last `count` of a sequence; memory holds no more of them. */
export async function* lastOf<T>(source: AsyncIterable<T>, count: number): AsyncGenerator<T> {
  const kept: T[] = []
  let seen = 0
  for await (const one of source) {
    if (count > 0) kept[seen % count] = one
    seen += 1
  }
  const first = Math.max(0, seen - count)
  for (let i = first; i < seen; i += 1) {
    const one = kept[i % count]
    if (one !== undefined) yield one
  }
}
