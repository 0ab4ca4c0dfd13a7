import type { Entity } from '../../events/index.ts'
import type { BlameEntry } from '../../projections/history.ts'
import { valueWords } from '../story/changes.ts'
import { itemWords } from '../story/lists.ts'
import type { Scene } from '../story/names.ts'
import { whoOf } from '../story/sentence.ts'
import { counted, grouped } from '../support/numbers.ts'
import { shown, timeText } from '../support/shown.ts'
import type { Paint } from '../support/style.ts'
import { type Cell, type Column, table } from '../support/table.ts'

const columns: readonly Column[] = [
  { title: 'FIELD' },
  { title: 'VALUE' },
  { title: 'RECORD', align: 'right' },
  { title: 'WHEN' },
  { title: 'WHO' },
]

/** Wide enough to tell values apart, and narrow enough for a line. */
const valueLength = 48

/** Who last set which field of an entity; with `all`, also each thing in it. */
export const blameLines = (
  entries: readonly BlameEntry[],
  entity: Entity,
  scene: Scene,
  { all, paint }: { readonly all: boolean; readonly paint: Paint },
): string[] => {
  const values = new Map<string, unknown>(Object.entries(entity))
  const rows = entries
    .filter(({ element }) => all || element === undefined)
    .map(({ field, element, offset, at, actor }): Cell[] => [
      element === undefined ? field : '',
      element === undefined
        ? summary(field, values.get(field), scene)
        : { text: elementWords(values.get(field), element, scene), colour: 'dim' },
      grouped(offset),
      timeText(at),
      whoOf(actor, scene),
    ])
  return table(columns, rows, paint)
}

/** Lists and objects are told by how much is in them. */
const summary = (field: string, value: unknown, scene: Scene): string => {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : counted(value.length, 'item')
  if (typeof value === 'object' && value !== null) return keysText(Object.keys(value).length)
  return typeof value === 'string' && value.length > valueLength
    ? shown(value, valueLength)
    : valueWords(field, value, scene)
}

/** An item of a list, or a key of an object and its value. */
const elementWords = (value: unknown, element: string, scene: Scene): string => {
  if (!Array.isArray(value)) {
    return `${shown(element)}: ${shown(new Map<string, unknown>(Object.entries(value ?? {})).get(element), valueLength)}`
  }
  const item: unknown = value.find((one: unknown) =>
    typeof one === 'object' && one !== null && 'id' in one ? one.id === element : one === element,
  )
  return itemWords(item, scene, valueLength)
}

const keysText = (count: number): string => (count === 0 ? 'none' : counted(count, 'key'))
