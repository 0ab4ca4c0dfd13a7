/**
 * One JSON object with a list at its end, an item a line: it is written as the items come, whatever their number. `head` is
 * what comes before the list.
 */
export async function* jsonList(
  head: object,
  key: string,
  items: Iterable<object> | AsyncIterable<object>,
): AsyncGenerator<string> {
  yield `${JSON.stringify(head).slice(0, -1)},${JSON.stringify(key)}:[`
  let last: string | undefined
  for await (const item of items) {
    if (last !== undefined) yield `${last},`
    last = JSON.stringify(item)
  }
  if (last !== undefined) yield last
  yield ']}'
}
