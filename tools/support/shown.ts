/** What a terminal may take for more than a character: controls, and marks that turn the direction of writing around. */
const unsafe = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g

const controls = /\p{Cc}/gu

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/** About as much of a text as fits on a line with other things. */
export const usualLength = 60

/**
 * A text that somebody else wrote, in quotes, on one line, no longer than `length` and without anything that a terminal
 * would obey.
 */
export const quoted = (text: string, length = usualLength): string => {
  const short = text.length > length ? `${text.slice(0, length - 1).toWellFormed()}…` : text
  return JSON.stringify(short).replaceAll(unsafe, escaped)
}

/** A text of somebody else on one line, without quotes, as short and as harmless. */
export const plain = (text: string, length = usualLength): string => {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  const short = line.length > length ? `${line.slice(0, length - 1).toWellFormed()}…` : line
  return harmless(short)
}

/** A text as it is, but for what a terminal would obey. */
export const harmless = (text: string): string => text.replaceAll(controls, escaped).replaceAll(unsafe, escaped)

/** Any value, in the same way: text in quotes, the rest as JSON. */
export const shown = (value: unknown, length = usualLength): string => {
  if (typeof value === 'string') return quoted(value, length)
  const text = JSON.stringify(value) ?? 'nothing'
  const short = text.length > length ? `${text.slice(0, length - 1).toWellFormed()}…` : text
  return short.replaceAll(unsafe, escaped)
}

/** A time in ms as people read it, in UTC. */
export const timeText = (at: number): string => new Date(at).toISOString()
