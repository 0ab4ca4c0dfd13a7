import type { GoodLine } from '../../src/log/recovery/scan.ts'
import type { ExportFormat, Extract } from './format.ts'

const utf8 = new TextDecoder()

/** Lines as they are on disk, each with its line feed. */
const textsOf = (lines: readonly GoodLine[]): string[] => lines.map(({ bytes }) => `${utf8.decode(bytes)}\n`)

/**
 * What says that nothing is missing at the end, which the records themselves do not: every log is the beginning of a longer
 * one. Only a whole log has it.
 */
const endOf = ({ projectId, head: { offset, hash }, whole }: Extract): string | undefined =>
  whole ? JSON.stringify({ projectId, offset, hash }) : undefined

/** The lines of the log as they are, and after a whole log one more: `{"end":{"projectId","offset","hash"}}`. */
export const jsonl: ExportFormat = {
  summary: 'the lines of the log as they are, and one more that says that it is whole',
  start: () => ({
    begin: () => '',
    lines: (lines) => textsOf(lines).join(''),
    end: (extract) => {
      const end = endOf(extract)
      return end === undefined ? '' : `{"end":${end}}\n`
    },
  }),
}

export const jsonBegin = '{"records":['

/** One JSON object: `{"records":[…],"end":{…}}`, where `end` is null unless the log is whole. A record is a line in it. */
export const json: ExportFormat = {
  summary: 'the same as one JSON object, {"records":[…],"end":{…}}',
  start: () => {
    let separator = '\n'
    return {
      begin: () => jsonBegin,
      lines: (lines) => {
        const text = `${separator}${lines.map(({ bytes }) => utf8.decode(bytes)).join(',\n')}`
        separator = ',\n'
        return text
      },
      end: (extract) => `\n],"end":${endOf(extract) ?? 'null'}}\n`,
    }
  },
}
