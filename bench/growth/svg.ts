import { amount } from '../support/amount.ts'
import type { Curve, Picture, Point } from './curve.ts'

const width = 860
const panel = { left: 70, right: 230, top: 46, height: 260, below: 56 }
const colours = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#e69f00',
  '#56b4e9',
  '#000000',
  '#8c564b',
  '#7f7f7f',
  '#bcbd22',
]

/** A picture with a panel for each unit. Both axes are logarithmic: what is flat is level, what is linear rises like the diagonal. */
export const svgOf = ({ title, x, curves }: Picture): string => {
  const units = [...new Set(curves.map(({ unit }) => unit))]
  const step = panel.top + panel.height + panel.below
  const panels = units.map((unit, i) =>
    panelOf(
      x,
      curves.filter((curve) => curve.unit === unit),
      i * step,
    ),
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${units.length * step}" font-family="system-ui, sans-serif" font-size="12">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    `<text x="${panel.left}" y="24" font-size="16" font-weight="600">${escaped(title)}</text>`,
    ...panels.flat(),
    '</svg>',
    '',
  ].join('\n')
}

const panelOf = (x: string, curves: readonly Curve[], top: number): string[] => {
  const points = curves.flatMap((curve) => curve.points)
  const [first] = curves
  const across = decades(points.map((point) => point.x))
  const up = decades(points.map(({ y }) => y))
  const right = width - panel.right
  const bottom = top + panel.top + panel.height
  const place = ({ x: px, y: py }: Point): Point => ({
    x: panel.left + share(px, across) * (right - panel.left),
    y: bottom - share(py, up) * panel.height,
  })
  const vertical = ticks(across).map((value) => {
    const at = place({ x: value, y: 10 ** up.from }).x
    return line(at, top + panel.top, at, bottom) + text(at, bottom + 16, value.toLocaleString('en-US'), 'middle')
  })
  const level = ticks(up).map((value) => {
    const at = place({ x: 10 ** across.from, y: value }).y
    return line(panel.left, at, right, at) + text(panel.left - 8, at + 4, amount(value, first?.unit ?? ''), 'end')
  })
  const names = spread(curves.map(({ points: own }) => place(own.at(-1) ?? { x: 1, y: 1 }).y))
  const drawn = curves.map((curve, i) => {
    const colour = colours[i % colours.length] ?? '#000000'
    const path = curve.points.map(place)
    const dots = path.map((at) => `<circle cx="${at.x.toFixed(1)}" cy="${at.y.toFixed(1)}" r="3" fill="${colour}"/>`)
    const corners = path.map((at) => `${at.x.toFixed(1)},${at.y.toFixed(1)}`).join(' ')
    const name = text(right + 10, (names[i] ?? 0) + 4, curve.name, 'start', colour)
    return `<polyline points="${corners}" fill="none" stroke="${colour}" stroke-width="2"/>${dots.join('')}${name}`
  })
  return [...vertical, ...level, ...drawn, text((panel.left + right) / 2, bottom + 36, x, 'middle')]
}

/** Whole powers of ten around values. */
interface Decades {
  readonly from: number
  readonly to: number
}

const decades = (values: readonly number[]): Decades => {
  const logs = values.filter((value) => value > 0).map(Math.log10)
  const from = Math.floor(Math.min(...logs))
  return { from, to: Math.max(from + 1, Math.ceil(Math.max(...logs))) }
}

const share = (value: number, { from, to }: Decades): number => (Math.log10(value) - from) / (to - from)

const ticks = ({ from, to }: Decades): number[] => Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i))

/** Moves names apart that would lie over each other. */
const spread = (heights: readonly number[]): number[] => {
  const apart = 15
  const order = heights.map((y, i) => ({ y, i })).sort((a, b) => a.y - b.y)
  let last = Number.NEGATIVE_INFINITY
  const moved: number[] = []
  for (const { y, i } of order) {
    last = Math.max(y, last + apart)
    moved[i] = last
  }
  return moved
}

const line = (x1: number, y1: number, x2: number, y2: number): string =>
  `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" stroke="#dddddd"/>`

const text = (x: number, y: number, words: string, anchor: string, colour = '#333333'): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" fill="${colour}">${escaped(words)}</text>`

const escaped = (words: string): string =>
  words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
