import type { Draft, ProjectId } from '../../events/index.ts'
import type { Log } from '../log/log.ts'
import { type AdoptedProject, draftsOf } from './records.ts'

/** How much one append writes, about, in characters. */
const batchLength = 8 * 1024 * 1024

/** Writes the logs of all projects and closes the log. They must not exist yet. */
export const writeLogs = async (log: Log, projects: readonly AdoptedProject[]): Promise<void> => {
  try {
    for (const adopted of projects) {
      for (const batch of batches(draftsOf(adopted))) await append(log, adopted.project.entity.id, batch)
    }
  } finally {
    await log.close()
  }
}

const append = async (log: Log, projectId: ProjectId, batch: readonly Draft[]): Promise<void> => {
  const result = await log.append(projectId, log.head(projectId), batch)
  if (result.kind === 'conflict') throw new Error(`somebody else writes the log of project ${projectId}`)
}

function* batches(drafts: Iterable<Draft>): Generator<readonly Draft[]> {
  let batch: Draft[] = []
  let length = 0
  for (const draft of drafts) {
    batch.push(draft)
    length += draft.data.length
    if (length < batchLength) continue
    yield batch
    batch = []
    length = 0
  }
  if (batch.length > 0) yield batch
}
