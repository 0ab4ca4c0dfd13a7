import { z } from 'zod'
import { Digest, type Position } from '../../events/index.ts'
import { AppError } from '../../src/errors.ts'
import { jsonBegin } from '../log-export/jsonl.ts'

const Ending = z.object({ end: z.object({ offset: z.int().nonnegative(), hash: Digest }).nullable() })

const comma = 0x2c
const utf8 = new TextDecoder()

/** Takes an export apart, line by line. Its first line tells whether it is one of lines, or one JSON object. */
export class ExportReader {
  #isJson: boolean | undefined
  #isOver = false
  #end: Position | undefined

  /** Where the log ends, once the export has said so. */
  get end(): Position | undefined {
    return this.#end
  }

  /** The lines of records among the next lines of the export. Throws HISTORY_DIVERGED when there is something behind its end. */
  recordsIn(lines: readonly Uint8Array[]): Uint8Array[] {
    return lines.flatMap((line) => {
      if (this.#isOver) throw notWhole('Something follows what says that the log ends')
      if (this.#isJson === undefined) {
        this.#isJson = utf8.decode(line) === jsonBegin
        if (this.#isJson) return []
      }
      if (this.#takesEnd(line)) return []
      return [this.#isJson && line.at(-1) === comma ? line.subarray(0, -1) : line]
    })
  }

  #takesEnd(line: Uint8Array): boolean {
    const begin = this.#isJson ? '],"end":' : '{"end":'
    if (utf8.decode(line.subarray(0, begin.length)) !== begin) return false
    const text = utf8.decode(line)
    this.#end = endIn(this.#isJson ? text.replace('],', '{') : text)
    this.#isOver = true
    return true
  }
}

/** Undefined where the export says that it is a part of a log. */
const endIn = (text: string): Position | undefined => {
  try {
    return Ending.parse(JSON.parse(text)).end ?? undefined
  } catch {
    throw notWhole('Its last line is not what an export ends with')
  }
}

/** Why an export is no whole, good log. */
export const notWhole = (reason: string): AppError => new AppError('HISTORY_DIVERGED', reason)
