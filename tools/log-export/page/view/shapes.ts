import type { Axis } from '../axis.ts'
import type { Lane, Status } from '../lanes.ts'
import type { Layer } from '../overview.ts'

const svgNames = 'http://www.w3.org/2000/svg'
/** All shapes are drawn in a box of this width and height, which is stretched to where it is shown. */
const [width, height] = [1000, 10]

interface Shape {
  readonly d: string
  readonly class: string
}

const drawing = (shapes: readonly Shape[]): SVGElement => {
  const svg = document.createElementNS(svgNames, 'svg')
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`)
  svg.setAttribute('preserveAspectRatio', 'none')
  svg.setAttribute('aria-hidden', 'true')
  for (const { d, class: classes } of shapes) {
    const path = document.createElementNS(svgNames, 'path')
    path.setAttribute('d', d)
    path.setAttribute('class', classes)
    svg.append(path)
  }
  return svg
}

/** A sign of something to press, drawn because not every font has one. */
export const icon = (d: string): SVGElement => {
  const svg = drawing([{ d, class: '' }])
  svg.setAttribute('viewBox', '0 0 10 10')
  svg.setAttribute('preserveAspectRatio', 'xMidYMid')
  svg.setAttribute('class', 'icon')
  return svg
}

/** In the middle of what a record takes. */
export const middleOf = (axis: Axis, offset: number): number =>
  axis.kind === 'time' ? axis.xOf(offset) : (axis.xOf(offset) + axis.xOf(offset + 1)) / 2

/** Top and bottom of what a status shows in a lane: those at work fill it. */
const heights: Readonly<Record<Status, readonly [top: number, bottom: number]>> = {
  pending: [4.2, 5.8],
  completed: [3.6, 6.4],
  failed: [3, 7],
  spawning: [2.5, 7.5],
  running: [1, 9],
  in_progress: [1, 9],
  blocked: [1, 9],
}

/** One shape for each status, and one for all records: a lane of ten thousand records is drawn as fast as an empty one. */
export const barsOf = ({ spans, touches }: Lane, axis: Axis): SVGElement => {
  const bars = new Map<Status, string>()
  for (const { status, from, to } of spans) {
    const [top, bottom] = heights[status]
    const x = axis.xOf(from) * width
    const wide = Math.max((to === undefined ? 1 : axis.xOf(to)) * width - x, 0.8)
    const d = `M${x.toFixed(2)} ${top}h${wide.toFixed(2)}V${bottom}h${(-wide).toFixed(2)}z`
    bars.set(status, (bars.get(status) ?? '') + d)
  }
  const places = new Set(touches.map((offset) => Math.round(middleOf(axis, offset) * width)))
  const marks = [...places].map((x) => `M${x} 1.5V8.5`).join('')
  return drawing([
    ...Array.from(bars, ([status, d]) => ({ d, class: `bar s-${status}` })),
    { d: marks, class: 'touches' },
  ])
}

/** Layers on top of each other, the highest of which touches the upper edge. */
export const stackOf = (layers: readonly Layer[]): SVGElement => {
  const samples = layers[0]?.counts.length ?? 0
  const totals = Array.from({ length: samples }, (_, i) =>
    layers.reduce((sum, { counts }) => sum + (counts[i] ?? 0), 0),
  )
  const most = totals.reduce((a, b) => Math.max(a, b), 1)
  const below = totals.map(() => 0)
  const y = (count: number): string => (height - (count / most) * height).toFixed(3)
  const x = (i: number): string => ((i / Math.max(1, samples - 1)) * width).toFixed(1)
  const shapes = layers.map(({ status, counts }) => {
    const lower = below.map((count, i) => `${x(i)} ${y(count)}`)
    counts.forEach((count, i) => {
      below[i] = (below[i] ?? 0) + count
    })
    const upper = below.map((count, i) => `${x(i)} ${y(count)}`)
    return { d: `M${lower.join('L')}L${upper.reverse().join('L')}z`, class: `bar s-${status}` }
  })
  return drawing(shapes)
}
