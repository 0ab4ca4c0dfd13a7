import { commonHead } from '../../projections/common-head.ts'
import { sameJson } from '../../projections/same-json.ts'
import { shown } from '../support/shown.ts'
import { nameOf, type Scene } from './names.ts'

/** What came to a list, what went, and what of it is different: a line each. */
export const itemChanges = (
  before: readonly unknown[],
  after: readonly unknown[],
  scene: Scene,
  length: number,
): string[] => {
  // Timelines only grow, and all but the last entry are the very same.
  const head = commonHead(before, after)
  const [old, now] = [byKey(before.slice(head)), byKey(after.slice(head))]
  const gone = [...old].filter(([key]) => !now.has(key)).map(([, item]) => `- ${itemWords(item, scene, length)}`)
  const more = [...now].flatMap(([key, item]) => {
    if (!old.has(key)) return [`+ ${itemWords(item, scene, length)}`]
    return sameJson(old.get(key), item) ? [] : [`~ ${itemWords(item, scene, length)}`]
  })
  const lines = [...gone, ...more]
  return lines.length === 0 ? ['in another order'] : lines
}

/** The same for an object of any keys, such as an environment. */
export const keyChanges = (before: object, after: object, length: number): string[] => {
  const [old, now] = [new Map<string, unknown>(Object.entries(before)), new Map<string, unknown>(Object.entries(after))]
  const gone = [...old.keys()].filter((key) => !now.has(key)).map((key) => `- ${shown(key)}`)
  const more = [...now].flatMap(([key, value]) => {
    if (!old.has(key)) return [`+ ${shown(key)}: ${shown(value, length)}`]
    return sameJson(old.get(key), value)
      ? []
      : [`~ ${shown(key)}: ${shown(old.get(key), length)} → ${shown(value, length)}`]
  })
  return [...gone, ...more]
}

const byKey = (items: readonly unknown[]): Map<string, unknown> =>
  new Map(items.map((item): [string, unknown] => [keyOf(item), item]))

const keyOf = (item: unknown): string => {
  const id = typeof item === 'object' && item !== null && 'id' in item ? item.id : item
  return typeof id === 'string' ? id : JSON.stringify(id)
}

/** An item of any list: an id, an entry of a timeline, an event of a session, a subtask. */
export const itemWords = (item: unknown, scene: Scene, length: number): string => {
  if (typeof item === 'string') return shown(nameOf(item, scene.state) ?? item)
  if (typeof item !== 'object' || item === null) return shown(item, length)
  if ('title' in item) return `${shown(item.title)}${'completed' in item && item.completed === true ? ', done' : ''}`
  if (!('type' in item)) return shown(item, length)
  const said = 'message' in item ? [shown(item.message, length)] : 'data' in item ? [shown(item.data, length)] : []
  const session =
    'sessionId' in item && typeof item.sessionId === 'string'
      ? [shown(nameOf(item.sessionId, scene.state) ?? item.sessionId)]
      : []
  return [shown(item.type).slice(1, -1), ...said, ...session].join(' ')
}
