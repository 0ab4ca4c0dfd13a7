/** What is in sorted lists, in order. Sorting all of it at once would take as long as it takes. */
export function* merged(lists: ReadonlyArray<readonly string[]>): Generator<string, void> {
  const middle = lists.length >> 1
  if (middle === 0) {
    yield* lists[0] ?? []
    return
  }
  const [left, right] = [merged(lists.slice(0, middle)), merged(lists.slice(middle))]
  let [a, b] = [left.next(), right.next()]
  while (!a.done && !b.done) {
    if (a.value <= b.value) {
      yield a.value
      a = left.next()
    } else {
      yield b.value
      b = right.next()
    }
  }
  for (; !a.done; a = left.next()) yield a.value
  for (; !b.done; b = right.next()) yield b.value
}
