import type { ProjectId } from '../../events/index.ts'
import { AppError } from '../../src/errors.ts'
import { isDataDirectoryLocked } from '../../src/log/lock.ts'
import { createHasher, sha256 } from '../../src/platform/hash.ts'
import { nodeFileSystem as fs } from '../../src/platform/node-file-system.ts'
import { chooseProject, readLogDirectory } from './data-directory.ts'
import { damageFound, notVerified } from './exit-codes.ts'
import type { LogContext } from './log-command.ts'
import { sized } from './numbers.ts'
import { openReadOnlyLog, type ReadOnlyLog } from './read-only-log.ts'

/**
 * Opens the log of a project for a command that only reads. Of a log that is not good to its end it says so, once, on
 * standard error; the command then works on what is good and ends with `exitCodeOf`.
 */
export const openLog = async (
  { dataDir, startProgress, note }: Pick<LogContext<unknown>, 'dataDir' | 'startProgress' | 'note'>,
  projectId: ProjectId,
): Promise<ReadOnlyLog> => {
  const progress = startProgress((done, seconds) => `Checked ${sized(done)}, ${sized(done / seconds)}/s`)
  const log = await openReadOnlyLog({
    ...{ fs, sha256, createHasher, dataDir, projectId },
    inUse: () => isDataDirectoryLocked(fs, dataDir),
    onProgress: progress.update,
  }).finally(() => progress.end())
  for (const line of endingLines(log)) note(line)
  return log
}

/**
 * Opens the log of the one project that a word names, for a command that looks at its past. Throws PROJECT_NOT_FOUND, and for a
 * log without a good record PROJECT_QUARANTINED or PROJECT_NOT_FOUND, by why there is none.
 */
export const openHistory = async (
  context: Pick<LogContext<unknown>, 'dataDir' | 'startProgress' | 'note'>,
  word: string,
): Promise<ReadOnlyLog> => {
  const { projects } = await readLogDirectory(fs, context.dataDir)
  const log = await openLog(context, chooseProject(projects, [word], context.dataDir))
  if (log.head.offset > 0) return log
  throw log.ending.kind === 'whole'
    ? new AppError('PROJECT_NOT_FOUND', `The log of project ${word} has no records`)
    : new AppError('PROJECT_QUARANTINED', `The log of project ${word} has no good record`)
}

const endingLines = ({ projectId, head: { offset }, ending }: ReadOnlyLog): string[] => {
  switch (ending.kind) {
    case 'whole':
      return []
    case 'newer':
      return [`maestro: From record ${offset} on, project ${projectId} needs a newer server: ${ending.reason}.`]
    case 'damaged':
      return [
        `maestro: The log of project ${projectId} is damaged at record ${offset}: ${ending.reason}.`,
        'Only what is before that is looked at. `maestro log verify` tells more.',
      ]
  }
}

/** Eight when there is damage, one when there is something that this version cannot read, also when all else went well. */
export const exitCodeOf = ({ ending }: Pick<ReadOnlyLog, 'ending'>): number => {
  switch (ending.kind) {
    case 'whole':
      return 0
    case 'newer':
      return notVerified
    case 'damaged':
      return damageFound
  }
}
