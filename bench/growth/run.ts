import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Bench } from '../bench.ts'
import { amount } from '../support/amount.ts'
import { exponentOf, keepsShape, type Picture } from './curve.ts'
import { picture } from './dimension.ts'
import { projectsDimension } from './projects.ts'
import { recordsDimension } from './records.ts'
import { subscribersDimension } from './subscribers.ts'
import { svgOf } from './svg.ts'
import { tasksDimension } from './tasks.ts'

const dimensions = [tasksDimension, projectsDimension, subscribersDimension, recordsDimension]

/** Measures how everything grows. */
export const measureGrowth = async (bench: Bench): Promise<Picture[]> => {
  const pictures: Picture[] = []
  for (const dimension of dimensions) pictures.push(await picture(dimension, bench))
  return pictures
}

/** Draws each picture into a file of a directory. */
export const drawGrowth = async (pictures: readonly Picture[], dir: string): Promise<void> => {
  await mkdir(dir, { recursive: true })
  for (const one of pictures) await writeFile(join(dir, `${one.name}.svg`), svgOf(one))
}

/** A table for each picture: a line for each curve, with its exponent and whether that is as it should be. */
export const growthText = (pictures: readonly Picture[]): string =>
  pictures
    .map(({ title, x, curves }) => {
      const sizes = curves[0]?.points.map((point) => point.x.toLocaleString('en-US')) ?? []
      const lines = curves.map((curve) => {
        const figures = curve.points.map(({ y }) => amount(y, curve.unit))
        const mark = keepsShape(curve) ? '✓' : '✗'
        return `| ${[mark, curve.name, ...figures, `${curve.shape}: ${exponentOf(curve).toFixed(2)}`].join(' | ')} |\n`
      })
      const heads = `| ${['', `${title}: ${x}`, ...sizes, 'grows with power'].join(' | ')} |\n`
      return `${heads}|${'---|'.repeat(sizes.length + 3)}\n${lines.join('')}`
    })
    .join('\n')

export const growthPassed = (pictures: readonly Picture[]): boolean =>
  pictures.every(({ curves }) => curves.every(keepsShape))
