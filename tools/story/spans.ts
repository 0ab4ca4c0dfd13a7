const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const

/** How long something took, in the largest unit that fits and the next one: 2 days 3 hours. */
export const spanWords = (ms: number): string => {
  const largest = units.findIndex(([, length]) => ms >= length)
  if (largest === -1) return `${Math.round(ms)} ms`
  let rest = ms
  const words: string[] = []
  for (const [name, length] of units.slice(largest, largest + 2)) {
    const count = Math.floor(rest / length)
    rest -= count * length
    if (count > 0) words.push(`${count} ${name}${count === 1 ? '' : 's'}`)
  }
  return words.join(' ')
}
