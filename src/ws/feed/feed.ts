import type { Position, ProjectId } from '../../../events/index.ts'
import type { Store } from '../../store/store.ts'
import type { View } from '../protocol.ts'
import { type Batch, type Place, SharedBatches } from './batch.ts'
import { createEntityBatches } from './entity-batches.ts'
import type { Manner } from './manner.ts'
import { createRecordBatches } from './record-batches.ts'
import { Turns } from './turns.ts'

/** What subscribers read: batches from any position on, those at the head from memory and the rest from the log. */
export interface Feed {
  /** The position after the last commit. */
  head(projectId: ProjectId): Position
  /** Every project that can be followed. */
  projects(): readonly ProjectId[]
  /** Why nothing will ever come after the head of a project, undefined where something may. */
  endOf(projectId: ProjectId): string | undefined
  /** What can be sent from memory, made once for all who stand at the same place; undefined if the log has to be read. */
  near(place: Place, manner: Manner): Batch | undefined
  /** Whether the commit at an offset is in memory. */
  isNear(projectId: ProjectId, offset: number): boolean
  /** What is in the log. To be read by those only who have a turn. */
  past(place: Place, manner: Manner): AsyncGenerator<Batch>
  /** The turns of those who read the past in a view. */
  readonly turns: Readonly<Record<View, Turns>>
}

/** How many subscribers may read blocks of logs at the same time, and fold logs, each with a state of its own. */
const readers = 8
const folders = 2

export type FeedStore = Pick<Store, 'positionOf' | 'recent' | 'history' | 'read' | 'logs' | 'statusOf'>

export const createFeed = (store: FeedStore): Feed => {
  const entities = createEntityBatches(store)
  const records = createRecordBatches(store)
  const shared = new SharedBatches()
  const head: Feed['head'] = (projectId) => store.positionOf(projectId)

  const make = (place: Place, manner: Manner): Batch | undefined =>
    manner.view === 'records' ? records.near(place, manner) : entities.near(place, manner)

  return {
    head,
    projects: () => store.logs(),
    endOf(projectId) {
      const status = store.statusOf(projectId)
      if (status.kind === 'open' || status.kind === 'failed') return undefined
      const what = status.kind === 'newer' ? 'needs a newer server' : 'is damaged'
      return `The log of project ${projectId} ${what} from offset ${status.offset} on: ${status.reason}`
    },
    near(place, manner) {
      const { projectId, position, told } = place
      // Whom a filter has kept in the dark gets a batch of their own.
      if (told() !== position.offset) return make(place, manner)
      const name = `${projectId} ${position.offset} ${manner.key}`
      const known = shared.get(name, head(projectId).offset)
      if (known !== undefined) return known
      const batch = make(place, manner)
      if (batch !== undefined) shared.add(name, batch)
      return batch
    },
    isNear: (projectId, offset) => store.recent.at(projectId, offset) !== undefined,
    past: (place, manner) => (manner.view === 'records' ? records.past(place, manner) : entities.past(place, manner)),
    turns: { records: new Turns(readers), entities: new Turns(folders) },
  }
}
