import type { TextOutput } from '../../src/cli/command.ts'
import type { Env } from '../../src/config.ts'

export type Colour = 'red' | 'yellow' | 'green' | 'dim' | 'bold'

const codes: Readonly<Record<Colour, number>> = { red: 31, yellow: 33, green: 32, dim: 2, bold: 1 }

/** Colours a text, or leaves it as it is. */
export type Paint = (text: string, colour: Colour | undefined) => string

/** Colours are for terminals only, and for nobody who has said so (https://no-color.org). */
export const paintFor = ({ isTTY }: TextOutput, { NO_COLOR = '', TERM }: Env): Paint => {
  if (isTTY !== true || NO_COLOR !== '' || TERM === 'dumb') return (text) => text
  return (text, colour) => (colour === undefined ? text : `\u001b[${codes[colour]}m${text}\u001b[0m`)
}
