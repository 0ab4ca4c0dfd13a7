import type { Digest, Sha256 } from '../events/index.ts'
import type { Row } from './row.ts'
import type { ProjectState } from './state.ts'

/** What an entity adds to the hash of the state that it is part of. */
export const stateLine = (row: Row<{ readonly id: string }>, sha256: Sha256): string =>
  `${row.entity.id} ${row.digest(sha256)}\n`

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
