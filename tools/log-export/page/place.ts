import { idPattern } from '../../../events/index.ts'
import type { AxisKind } from './axis.ts'

/** Where somebody is in the page: it is in the address, so that a link leads there. */
export interface Place {
  readonly offset: number
  /** The id of a task, a session or the project; without it, what the record is about. */
  readonly id: string | undefined
  readonly axis: AxisKind
}

/** Reads `#offset=120&id=task_x&axis=time`. What is missing or makes no sense is as at the beginning: the last record. */
export const placeOf = (hash: string, records: number): Place => {
  const words = new URLSearchParams(hash.replace(/^#/, ''))
  const [offset, id] = [words.get('offset') ?? '', words.get('id') ?? '']
  return {
    offset: /^[0-9]{1,15}$/.test(offset) ? Math.min(Number(offset), records - 1) : records - 1,
    id: idPattern.test(id) ? id : undefined,
    axis: words.get('axis') === 'time' ? 'time' : 'record',
  }
}

export const hashOf = ({ offset, id, axis }: Place): string =>
  `#${new URLSearchParams({ offset: String(offset), ...(id !== undefined && { id }), axis })}`
