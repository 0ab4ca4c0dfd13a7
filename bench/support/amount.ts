/** A figure with its unit, with as many digits as say something. */
export const amount = (value: number, unit: string): string => {
  switch (unit) {
    case 'bytes':
      return bytes(value)
    case 'MB/s':
      return `${digits(value)} MB/s`
    case 's':
      return value < 1 ? `${digits(value * 1000)} ms` : `${digits(value)} s`
    case 'ms':
      return `${digits(value)} ms`
    default:
      return `${digits(value)}${unit}`
  }
}

const bytes = (value: number): string =>
  value < 10_000 ? `${digits(value)} B` : value < 1_000_000 ? `${digits(value / 1000)} kB` : `${digits(value / 1e6)} MB`

/** Three digits that count, and groups of three before the point. */
const digits = (value: number): string =>
  value.toLocaleString('en-US', { maximumSignificantDigits: value >= 1000 ? 4 : 3 })
