import { join } from 'node:path'
import { DomainEvent, type Draft, type ProjectId, type UnsealedRecord } from '../../events/index.ts'
import { ProjectState, rebuild, stateHash } from '../../projections/index.ts'
import { sha256 } from '../../src/platform/hash.ts'
import { entityOf, entityPath, entityText, subjectsOf } from '../../src/store/entity-file.ts'
import { dataDir } from './server.ts'

/** What has to be true once a record, and all before it, are in the log. */
export interface Truth {
  readonly stateHash: string
  /** Every entity file, by path. */
  readonly files: ReadonlyMap<string, Buffer>
}

/** A record that somebody tried to append. Those before it are the history that it was decided on. */
export class Attempt {
  readonly before: Attempt | undefined
  readonly offset: number
  readonly draft: Draft
  /** What the log said the record's hash is, if it has said so. */
  hash: string | undefined
  #truth: Truth | undefined

  constructor(before: Attempt | undefined, draft: Draft) {
    this.before = before
    this.offset = before === undefined ? 0 : before.offset + 1
    this.draft = draft
  }

  get truth(): Truth {
    this.#truth ??= truthOf(this.draft.projectId, chainOf(this))
    return this.#truth
  }
}

/** A record and all before it, in order. */
export const chainOf = (last: Attempt | undefined): Attempt[] => {
  const chain: Attempt[] = []
  for (let attempt = last; attempt !== undefined; attempt = attempt.before) chain.push(attempt)
  return chain.reverse()
}

/** How many records there are up to this one. */
export const lengthOf = (last: Attempt | undefined): number => (last === undefined ? 0 : last.offset + 1)

/** The last of the first `length` records of a history; undefined when it is shorter, and for none. */
export const prefixOf = (last: Attempt | undefined, length: number): Attempt | undefined => {
  let attempt = last
  while (attempt !== undefined && lengthOf(attempt) > length) attempt = attempt.before
  return lengthOf(attempt) === length ? attempt : undefined
}

/** Folded anew from what was asked for, without anything that has been on a disk. */
const truthOf = (projectId: ProjectId, chain: readonly Attempt[]): Truth => {
  const state = new ProjectState()
  for (const attempt of chain) rebuild(state, recordOf(attempt))
  const files = new Map<string, Buffer>()
  for (const subject of subjectsOf(state)) {
    const entity = entityOf(state, subject)
    if (entity !== undefined) files.set(join(dataDir, entityPath(projectId, subject)), Buffer.from(entityText(entity)))
  }
  return { stateHash: stateHash(state, sha256), files }
}

const recordOf = ({ offset, draft }: Attempt): UnsealedRecord => ({
  offset,
  id: draft.id,
  projectId: draft.projectId,
  at: draft.at,
  actor: draft.actor,
  ...DomainEvent.parse({ type: draft.type, data: JSON.parse(draft.data) }),
})
