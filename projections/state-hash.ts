import { canonical, type Digest, type Sha256 } from '../events/index.ts'
import type { ProjectState } from './state.ts'
import type { Row } from './table.ts'

/** The hash of a row's entity, made once. */
export const digestOf = (row: Row<object>, sha256: Sha256): Digest => {
  row.digest ??= sha256(canonical(row.entity))
  return row.digest
}

/** What an entity adds to the hash of the state that it is part of. */
export const stateLine = (row: Row<{ readonly id: string }>, sha256: Sha256): string =>
  `${row.entity.id} ${digestOf(row, sha256)}\n`

/**
 * One hash for all that is true in a project: the SHA-256 of the sorted lines `<id> <SHA-256 of the canonical entity>`,
 * each with its line feed. Whoever folds the same log gets the same one.
 */
export const stateHash = (state: ProjectState, sha256: Sha256): Digest => {
  const lines: string[] = []
  for (const table of [state.project, state.session, state.task]) {
    for (const row of table.rows()) lines.push(stateLine(row, sha256))
  }
  return sha256(lines.sort().join(''))
}
