import { counted, grouped } from '../../support/numbers.ts'
import { timeText } from '../../support/shown.ts'
import type { Colour, Paint } from '../../support/style.ts'
import { bindings } from './keys.ts'
import { fits, layoutOf, smallest } from './layout.ts'
import { type Line, type Model, type Prompt, panes, type Row, type Scene } from './model.ts'
import { cut, padded, widthOf, wrap } from './width.ts'

/** The screen: as many lines as there are rows, none wider than the terminal. */
export const view = (model: Model, paint: Paint): string[] => {
  const { rows, columns } = model.size
  if (!fits(model.size)) return filled([cut(`It takes ${smallest.columns} x ${smallest.rows}; q quits`, columns)], rows)
  const { list, body } = layoutOf(model.size)
  return [
    titleLine(model, paint),
    scrubber(model, paint),
    ...filled(listLines(model, list, paint), list),
    tabsLine(model, paint),
    ...filled(model.help ? helpLines(columns, body) : paneLines(model, body, paint), body),
    bottomLine(model, paint),
  ]
}

const filled = (lines: readonly string[], rows: number): string[] =>
  Array.from({ length: rows }, (_, i) => lines[i] ?? '')

const titleLine = ({ title, at, records, scene, size }: Model, paint: Paint): string => {
  const when = scene?.offset === at ? `  ${timeText(scene.at)}` : ''
  const place = `record ${grouped(at)} of ${grouped(records - 1)}${when}`
  const room = size.columns - widthOf(place) - 2
  return room < 1 ? cut(place, size.columns) : `${paint(padded(cut(title, room), room), 'bold')}  ${place}`
}

/** Where in the log the record is. */
const scrubber = ({ at, records, size: { columns } }: Model, paint: Paint): string => {
  const place = Math.round((at / Math.max(1, records - 1)) * (columns - 1))
  return `${paint('━'.repeat(place), 'green')}●${paint('─'.repeat(columns - 1 - place), 'dim')}`
}

/** The record itself stands in the middle, also at the ends of the log. */
const listLines = ({ scene, at, size, records }: Model, rows: number, paint: Paint): string[] => {
  if (scene === undefined) return []
  const width = grouped(records).length
  const index = scene.rows.findIndex(({ offset }) => offset === scene.offset)
  const before = Array.from({ length: Math.max(0, (rows - 1) / 2 - index) }, () => '')
  return [
    ...before,
    ...scene.rows.map((row) => rowLine(row, row.offset === at, { width, columns: size.columns, paint })),
  ]
}

interface RowStyle {
  readonly width: number
  readonly columns: number
  readonly paint: Paint
}

const rowLine = ({ offset, at, text }: Row, isShown: boolean, { width, columns, paint }: RowStyle): string => {
  const place = `${isShown ? '▶' : ' '} ${grouped(offset).padStart(width)} ${timeText(at).slice(11, 19)} `
  const line = `${place}${cut(text, columns - widthOf(place))}`
  return paint(cut(line, columns), isShown ? 'bold' : 'dim')
}

const tabsLine = ({ pane, followed, size: { columns } }: Model, paint: Paint): string => {
  const tabs = panes.map((one, i) => (one === pane ? `[${i + 1} ${one}]` : ` ${i + 1} ${one} `)).join('')
  const following =
    followed === undefined ? '' : `  following ${followed.name}: ${counted(followed.offsets.length, 'record')} `
  const line = cut(`──${tabs}──${following}`, columns)
  return paint(`${line}${'─'.repeat(Math.max(0, columns - widthOf(line)))}`, 'yellow')
}

const paneLines = (model: Model, rows: number, paint: Paint): string[] => {
  const { scene, scroll, size } = model
  if (scene === undefined) return []
  const from = scroll ?? Math.max(0, scene.focus - Math.floor(rows / 3))
  const lines: string[] = []
  for (
    let i = Math.min(from, lastFrom(scene, rows, size.columns));
    i < scene.lines.length && lines.length < rows;
    i += 1
  ) {
    const line = scene.lines[i]
    if (line !== undefined) lines.push(...drawn(line, scene.wraps, size.columns, paint))
  }
  return lines.slice(0, rows)
}

/** The last line that a pane can begin with and still be full. */
const lastFrom = (scene: Scene, rows: number, columns: number): number => {
  let room = rows
  let from = scene.lines.length
  while (from > 0) {
    room -= piecesOf(scene.lines[from - 1] ?? { text: '' }, scene.wraps, columns).length
    if (room < 0) break
    from -= 1
  }
  return from
}

const piecesOf = ({ text }: Line, wraps: boolean, columns: number): string[] =>
  wraps ? wrap(text, columns) : [cut(text, columns)]

const drawn = (line: Line, wraps: boolean, columns: number, paint: Paint): string[] =>
  piecesOf(line, wraps, columns).map((piece) => paint(piece, line.colour))

/** In columns, as many as there is room for. */
const helpLines = (columns: number, rows: number): string[] => {
  const keys = Math.max(...bindings.map(({ shown }) => widthOf(shown))) + 2
  const entries = bindings.map(({ shown, says }) => `${padded(shown, keys)}${says}`)
  const width = Math.max(...entries.map(widthOf)) + 2
  const beside = Math.max(1, Math.min(Math.floor(columns / width), Math.ceil(entries.length / rows)))
  const height = Math.ceil(entries.length / beside)
  return Array.from({ length: height }, (_, row) =>
    cut(
      Array.from({ length: beside }, (__, column) => padded(entries[column * height + row] ?? '', width)).join(''),
      columns,
    ),
  )
}

const questions: Readonly<Record<Prompt['kind'], string>> = {
  go: 'Go to an offset, an ISO time or ms: ',
  search: 'Search: ',
  follow: 'Follow the task or session: ',
}

const hints = '←→ step  ↑↓ scroll  Tab pane  g go to  / search  f follow  ? keys  q quit'

const bottomLine = ({ prompt, busy, notice, size: { columns } }: Model, paint: Paint): string => {
  if (prompt !== undefined) return promptLine(prompt, columns)
  const [text, colour]: readonly [string, Colour | undefined] =
    busy !== undefined ? [`${busy} … Esc stops`, 'yellow'] : notice !== undefined ? [notice, 'yellow'] : [hints, 'dim']
  return paint(cut(text, columns), colour)
}

/** Of a long answer the end is seen, which is where it grows. */
const promptLine = ({ kind, text }: Prompt, columns: number): string => {
  const question = cut(questions[kind], Math.floor(columns / 2))
  const room = columns - widthOf(question) - 1
  const characters = [...text]
  while (widthOf(characters.join('')) > room) characters.shift()
  return `${question}${characters.join('')}█`
}
