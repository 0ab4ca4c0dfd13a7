import { type Entity, type EventRecord, genesis } from '../../events/index.ts'
import { ProjectState, rebuild } from '../../projections/index.ts'
import { sha256 } from '../../src/platform/hash.ts'
import { type Fold, fold, readBack, recordOf } from './fold.ts'
import { commandOf, eventOf, opening } from './histories.ts'
import type { Intent } from './intents.ts'

/** A record as it is read back from a log; its seals are well-formed, and nothing more. */
export const sealedOf = (record: ReturnType<typeof recordOf>): EventRecord => ({
  ...record,
  ...readBack(record),
  ...{ v: 1, synced: record.offset, prev: genesis, digest: genesis, hash: sha256(String(record.offset)) },
})

/** A history that follows from intents: every record, and every state of it, by offset. */
export interface Past {
  readonly records: readonly EventRecord[]
  readonly changes: Fold['changes']
  /** What is true right before the record at an offset, folded by itself. */
  stateBefore(offset: number): ProjectState
}

export const pastOf = (plan: readonly Intent[]): Past => {
  // As a server does, so that keys are in the same order before and after the disk.
  const truth = fold(...opening.map(readBack))
  const records = opening.map((event, offset) => sealedOf(recordOf(event, offset)))
  for (const intent of plan) {
    const offset = records.length
    const event = eventOf(commandOf(intent, truth.state), truth.state, offset)
    if (event === undefined) continue
    truth.add(readBack(event))
    records.push(sealedOf(recordOf(event, offset)))
  }
  return {
    records,
    changes: truth.changes,
    stateBefore: (offset) => {
      const state = new ProjectState()
      for (const record of records.slice(0, offset)) rebuild(state, structuredClone(record))
      return state
    },
  }
}

/** Entities of a state as documents by kind and id. */
export const documentsIn = ({ project, task, session }: ProjectState): Map<string, Entity> =>
  new Map<string, Entity>([
    ...[...project.rows()].map(({ entity }) => [`project ${entity.id}`, entity] as const),
    ...[...task.rows()].map(({ entity }) => [`task ${entity.id}`, entity] as const),
    ...[...session.rows()].map(({ entity }) => [`session ${entity.id}`, entity] as const),
  ])
