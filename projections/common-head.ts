/** How many items two lists begin with that are the same; the very same, unless told what that means. */
export const commonHead = (
  a: readonly unknown[],
  b: readonly unknown[],
  same: (a: unknown, b: unknown) => boolean = Object.is,
): number => {
  const shorter = Math.min(a.length, b.length)
  let head = 0
  while (head < shorter && same(a[head], b[head])) head += 1
  return head
}
