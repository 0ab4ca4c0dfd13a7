import type { Change } from '../../projections/index.ts'
import { sameJson } from '../../projections/same-json.ts'
import { shown, timeText, usualLength } from '../support/shown.ts'
import { itemChanges, keyChanges } from './lists.ts'
import { called, type Scene } from './names.ts'

/** One thing that is different in an entity, for people. A field of many things may have several. */
export interface FieldChange {
  readonly field: string
  /** What it was, where there was something and it was no list. */
  readonly before?: string
  readonly words: string
}

/** Fields that say of every change that it was one. */
const derived = new Set(['id', 'projectId', 'updatedAt', 'lastActivity'])

/**
 * What is different in an entity, field by field. Of a new one it is what is more than empty; a deleted one has nothing any
 * more. `state` knows the names of what it mentions.
 */
export const fieldChanges = ({ before, after }: Change, scene: Scene, length = usualLength): FieldChange[] => {
  const old = new Map<string, unknown>(Object.entries(before ?? {}))
  return Object.entries(after ?? {}).flatMap(([field, value]: readonly [string, unknown]) => {
    const was = old.get(field)
    if (derived.has(field) || sameJson(was, value) || (was === undefined && isEmpty(value))) return []
    return wordsOf(field, was, value, scene, length).map((words) => ({ field, ...words }))
  })
}

const isEmpty = (value: unknown): boolean =>
  value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0)

const wordsOf = (
  field: string,
  before: unknown,
  after: unknown,
  scene: Scene,
  length: number,
): ReadonlyArray<Omit<FieldChange, 'field'>> => {
  if (Array.isArray(after)) return itemChanges(Array.isArray(before) ? before : [], after, scene, length).map(only)
  if (isPlainObject(after)) return keyChanges(before ?? {}, after, length).map(only)
  const [was, is] = aroundDifference(before, after, length)
  const words = valueWords(field, is, scene, length)
  return [before === undefined ? { words } : { before: valueWords(field, was, scene, length), words }]
}

const only = (words: string): Pick<FieldChange, 'words'> => ({ words })

const isPlainObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** A change on one line. */
export const changeText = ({ before, words }: FieldChange): string =>
  before === undefined ? words : `${before} → ${words}`

/** A value of a field on its own. */
export const valueWords = (field: string, value: unknown, scene: Scene, length = usualLength): string => {
  if (value === null || value === undefined) return 'none'
  if (typeof value === 'number' && (field.endsWith('At') || field === 'lastActivity')) return timeText(value)
  if (typeof value === 'string' && field === 'parentId') return called(value, scene)
  if (typeof value === 'string' && words.has(field)) return value
  return shown(value, length)
}

/** Fields whose values are words of the language, and need no quotes. */
const words = new Set(['status', 'priority', 'lifecycle'])

/** How much of a text is told before the place where it begins to be another one. */
const context = 16

/** Of two texts that begin alike, the end, so that what is shown of them is different. */
const aroundDifference = (before: unknown, after: unknown, length: number): readonly [unknown, unknown] => {
  if (typeof before !== 'string' || typeof after !== 'string') return [before, after]
  let head = 0
  while (head < before.length && before[head] === after[head]) head += 1
  if (head <= length / 2) return [before, after]
  return [`…${before.slice(head - context)}`, `…${after.slice(head - context)}`]
}
