import type { Entity } from '../../../events/index.ts'
import type { Change, ProjectState } from '../../../projections/index.ts'
import { valueWords } from '../../story/changes.ts'
import { itemWords } from '../../story/lists.ts'
import { nameOf, type Scene } from '../../story/names.ts'

/** What a field of an entity shows. */
export type Shown =
  | { readonly kind: 'text'; readonly text: string }
  /** A task or a session that can be gone to. */
  | { readonly kind: 'links'; readonly links: readonly Link[] }
  /** Items of a list, or keys with their values; the newest last. */
  | { readonly kind: 'items'; readonly items: readonly string[] }

export interface Link {
  readonly id: string
  readonly name: string
}

export interface Field {
  readonly name: string
  readonly shown: Shown
}

/** Fields that the heading of an entity has. */
const inHeading = new Set(['id', 'title', 'name', 'status'])
/** Fields that name tasks and sessions. */
const naming = new Set(['parentId', 'taskIds', 'sessionIds', 'dependencies'])
/** As much of one item as anybody reads in a list. */
const itemLength = 400

/** The fields of an entity that say something, in their order. Texts are as they are: they are for no terminal. */
export const fieldsOf = (entity: Entity, state: ProjectState): Field[] =>
  Object.entries(entity).flatMap(([name, value]: readonly [string, unknown]) => {
    if (inHeading.has(name) || isEmpty(value)) return []
    return [{ name, shown: shownAs(name, value, { state, length: itemLength }) }]
  })

const isEmpty = (value: unknown): boolean =>
  value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0)

const shownAs = (name: string, value: unknown, scene: Scene): Shown => {
  if (naming.has(name)) return { kind: 'links', links: linksOf(value, scene.state) }
  if (typeof value === 'string') return { kind: 'text', text: value }
  if (Array.isArray(value)) {
    return { kind: 'items', items: value.map((item: unknown) => timed(item) + itemWords(item, scene, itemLength)) }
  }
  if (typeof value === 'object' && value !== null) {
    return { kind: 'items', items: Object.entries(value).map(([key, of]) => `${key}: ${valueWords(key, of, scene)}`) }
  }
  return { kind: 'text', text: valueWords(name, value, scene) }
}

const linksOf = (value: unknown, state: ProjectState): Link[] =>
  (Array.isArray(value) ? value : [value])
    .filter((id) => typeof id === 'string')
    .map((id) => ({ id, name: nameOf(id, state) ?? id }))

const timed = (item: unknown): string =>
  typeof item === 'object' && item !== null && 'timestamp' in item && typeof item.timestamp === 'number'
    ? `${utc(item.timestamp)}  `
    : ''

/** A time as people read it: 2026-01-31 12:00:03. */
export const utc = (at: number): string => new Date(at).toISOString().slice(0, 19).replace('T', ' ')

/** What a change is about, in one word before its name. */
export const changeWord = ({ before, after }: Change): 'created' | 'changed' | 'deleted' =>
  before === undefined ? 'created' : after === undefined ? 'deleted' : 'changed'
