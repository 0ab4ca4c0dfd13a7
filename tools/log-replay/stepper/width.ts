/** East Asian characters and pictures, which take two columns of a terminal. */
const wide =
  /^(?:[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f)/u
const narrow = /^[\x20-\x7e]*$/
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** How many columns of a terminal a text takes. It has no control characters. */
export const widthOf = (text: string): number => {
  if (narrow.test(text)) return text.length
  let width = 0
  for (const { segment } of graphemes.segment(text)) width += wide.test(segment) ? 2 : 1
  return width
}

/** As much of a text as fits, with a mark where something is missing. */
export const cut = (text: string, width: number): string => {
  if (widthOf(text) <= width) return text
  let [end, taken] = [0, 1]
  for (const { segment, index } of graphemes.segment(text)) {
    taken += widthOf(segment)
    if (taken > width) break
    end = index + segment.length
  }
  return width < 1 ? '' : `${text.slice(0, end)}…`
}

/** A text in pieces that fit, broken between words where there are some; those after the first one begin with an indent. */
export const wrap = (text: string, width: number, indent = '  '): string[] => {
  if (width <= indent.length || widthOf(text) <= width) return [text]
  const lines: string[] = []
  let rest = text
  while (rest !== '') {
    const before = lines.length === 0 ? '' : indent
    const piece = firstPiece(rest, width - before.length)
    lines.push(`${before}${piece}`)
    rest = rest.slice(piece.length).trimStart()
  }
  return lines
}

/** The beginning of a text: at least one character, up to the last space, unless there is none for long. */
const firstPiece = (text: string, width: number): string => {
  let [end, taken, space] = [0, 0, 0]
  for (const { segment, index } of graphemes.segment(text)) {
    taken += widthOf(segment)
    if (taken > width) return text.slice(0, space > end / 2 ? space : Math.max(end, segment.length))
    end = index + segment.length
    if (segment === ' ') space = end
  }
  return text
}

/** A text with spaces up to a width. */
export const padded = (text: string, width: number): string =>
  `${text}${' '.repeat(Math.max(0, width - widthOf(text)))}`
