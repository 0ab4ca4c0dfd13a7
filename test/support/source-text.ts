/**
 * TypeScript source as far as rules about it need: where its code is, and what it imports. It knows comments, strings,
 * templates and regular expressions, and nothing of the grammar.
 */

/** A value may end here, so that a slash after it divides; otherwise it starts a regular expression. */
const endsValue = /(?:[\w$)\]}]|\+\+|--)$/
const endsKeyword = /(?:^|[^\w$.])(?:return|typeof|case|in|of|do|else|void|delete|await|yield|throw|new)$/

const tokens = {
  comment: /\/\/.*|\/\*[\s\S]*?\*\//y,
  quoted: /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/y,
  regex: /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/y,
  templateText: /(?:\\[\s\S]|\$(?!\{)|[^\\`$])*/y,
}

/** A source, and its code as far as it has been read: both have the same places. */
interface Scan {
  readonly source: string
  code: string
}

/**
 * The source with the inside of every comment, string and regular expression replaced by spaces: same length, same
 * lines, same quotes, and whatever it still says is code. Expressions within templates are code.
 */
export const codeOnly = (source: string): string => {
  const scan: Scan = { source, code: '' }
  readCode(scan, 'file')
  return scan.code
}

/** Reads to the end of the file, or through the brace that ends an expression within a template. */
const readCode = (scan: Scan, within: 'file' | 'template'): void => {
  let braces = 0
  while (scan.code.length < scan.source.length) {
    if (hideToken(scan)) continue
    const char = copy(scan)
    if (char === '`') readTemplate(scan)
    if (char === '{') braces += 1
    if (char !== '}') continue
    if (braces === 0 && within === 'template') return
    braces -= 1
  }
}

/** Reads through the backtick that ends a template. */
const readTemplate = (scan: Scan): void => {
  do {
    hide(scan, match(scan, tokens.templateText) ?? '', 0)
    if (copy(scan) !== '$') return
    copy(scan)
    readCode(scan, 'template')
  } while (scan.code.length < scan.source.length)
}

const hideToken = (scan: Scan): boolean => {
  const comment = match(scan, tokens.comment)
  if (comment !== undefined) return hide(scan, comment, 0)
  const literal = match(scan, tokens.quoted) ?? (startsRegex(scan.code) ? match(scan, tokens.regex) : undefined)
  return literal !== undefined && hide(scan, literal, 1)
}

const match = ({ source, code }: Scan, pattern: RegExp): string | undefined => {
  pattern.lastIndex = code.length
  return pattern.exec(source)?.[0]
}

/** Takes one character over as it is. */
const copy = (scan: Scan): string => {
  const char = scan.source.charAt(scan.code.length)
  scan.code += char
  return char
}

/** Puts spaces for a text, but for so many characters at each edge. Always true: the text has been dealt with. */
const hide = (scan: Scan, text: string, edge: number): true => {
  const end = text.length - edge
  scan.code += text.slice(0, edge) + text.slice(edge, end).replaceAll(/[^\n]/g, ' ') + text.slice(end)
  return true
}

const startsRegex = (before: string): boolean => {
  const tail = before.slice(-200).trimEnd()
  return !endsValue.test(tail) || endsKeyword.test(tail)
}

export interface Import {
  /** What stands between the quotes; undefined where it is computed. */
  readonly specifier: string | undefined
  /** Whether only types come in, so that nothing of it is left at run time. */
  readonly typeOnly: boolean
  /** Whether it is an expression, so that what it names is loaded when it is come to. */
  readonly onDemand: boolean
  /** Counted from 1. */
  readonly line: number
}

const clause = String.raw`(?:\*(?:\s+as\s+[\w$]+)?|[\w$]+(?:\s*,\s*(?:\{[^}]*\}|\*\s+as\s+[\w$]+))?|\{[^}]*\})\s*from\s*`
const statement = new RegExp(String.raw`\b(?:import|export)\s+(type\s+(?!from\b))?${clause}(?=['"])`, 'g')
const sideEffect = /\bimport\s*(?=['"])/g
const call = /\b(?:import|require)\s*\(\s*/g

/** Everything a source imports or exports again, in whatever form. */
export const importsOf = (source: string): Import[] => {
  const code = codeOnly(source)
  const found = [statement, sideEffect, call].flatMap((pattern) =>
    [...code.matchAll(pattern)].map((hit): Import & { at: number } => {
      const quote = hit.index + hit[0].length
      const literal = /^(['"])(.*?)\1/.exec(source.slice(quote))
      return {
        specifier: literal?.[2],
        typeOnly: hit[1] !== undefined,
        onDemand: pattern === call,
        line: lineAt(source, hit.index),
        at: hit.index,
      }
    }),
  )
  return found.sort((a, b) => a.at - b.at).map(({ at: _, ...one }) => one)
}

/** The line of a place in a text, counted from 1. */
export const lineAt = (text: string, index: number): number => text.slice(0, index).split('\n').length
