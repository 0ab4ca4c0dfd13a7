/** 12345 as 12,345. */
export const grouped = (value: number): string => value.toLocaleString('en')

/** A count with its noun: 1 record, 12,345 records. */
export const counted = (count: number, noun: string): string => `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`

const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** 12345678 as 12.3 MB. */
export const sized = (bytes: number): string => {
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)))
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`
}
