import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { type DomainEvent, ProjectId } from '../../events/index.ts'
import { projectDirectory, segmentName } from '../../src/log/format.ts'
import { logCommands } from '../../tools/log-commands.ts'
import { sealedWrites } from './damaged-logs.ts'
import { intents } from './intents.ts'
import { draftOf } from './logs.ts'
import { pastOf } from './past.ts'
import { runCommand } from './run-command.ts'

/** Runs `maestro log …` in this process, which is quick. */
export const maestroLogTool = (dataDir: string, name: string, ...words: readonly string[]) => {
  const command = logCommands.find((one) => one.name === `log ${name}`)
  if (command === undefined) throw new Error(`no command log ${name}`)
  return runCommand(command, words, { DATA_DIR: dataDir })
}

/** A history in which everything happens that can, the same one each time. */
export const eventfulHistory = (): DomainEvent[] => {
  const plan = fc.sample(intents(1), { seed: 7, numRuns: 400 }).flat()
  return pastOf(plan).records.map(({ type, data }): DomainEvent => Object.assign({ type, data }))
}

/** The lines of a log of some events, each durable before the next. */
export const linesOfEvents = (events: readonly DomainEvent[], id: ProjectId): Buffer[] =>
  sealedWrites(
    events.map((event, offset) => draftOf(event, offset, id)),
    events.map(() => 1),
  )

/** Writes a log of these lines into a data directory. */
export const writeLines = async (dataDir: string, name: string, lines: readonly Uint8Array[]): Promise<ProjectId> => {
  const id = ProjectId.parse(name)
  const dir = projectDirectory(dataDir, id)
  await mkdir(dir, { recursive: true })
  await writeFile(join(dir, segmentName(0)), Buffer.concat(lines))
  return id
}

/** Writes the log of some events into a data directory. */
export const writeHistory = (dataDir: string, events: readonly DomainEvent[], name = 'proj_p'): Promise<ProjectId> =>
  writeLines(dataDir, name, linesOfEvents(events, ProjectId.parse(name)))
