/**
 * Fields of a record's line, read from where they stand. Nothing in front of `data` is free text, so the first place that
 * looks like a field is the field (docs/LOG_FORMAT.md). The lines are those of a log, whose form has been checked.
 */
export const lineFeed = 0x0a
const quote = 0x22

const typeMark = '"type":"'
const hashMark = ',"hash":"'
const prevMark = ',"prev":"'
const digestLength = 64

/** The type of the record whose line starts at an index. */
export const typeIn = (lines: Buffer, start: number): string => {
  const from = lines.indexOf(typeMark, start) + typeMark.length
  return lines.toString('latin1', from, lines.indexOf(quote, from))
}

/** The hash of the record whose line starts at an index. */
export const hashIn = (lines: Buffer, start: number): string => {
  const from = lines.indexOf(hashMark, start) + hashMark.length
  return lines.toString('latin1', from, from + digestLength)
}

/** The hash of the record before the one that a line is of. */
export const prevIn = (line: string): string => {
  const from = line.indexOf(prevMark) + prevMark.length
  return line.slice(from, from + digestLength)
}
