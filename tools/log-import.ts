import { pid } from 'node:process'
import { z } from 'zod'
import { Cursor, type Position, positionOfCursor } from '../events/index.ts'
import { lockDataDirectory } from '../src/log/lock.ts'
import { systemClock } from '../src/platform/clock.ts'
import { createHasher, sha256 } from '../src/platform/hash.ts'
import { nodeFileSystem as fs } from '../src/platform/node-file-system.ts'
import { takes } from './flags.ts'
import { type ImportReport, importLog } from './log-import/import.ts'
import { openInput } from './support/input.ts'
import { interruptible } from './support/interruptible.ts'
import { flag, type LogContext, logCommand } from './support/log-command.ts'
import { counted, sized } from './support/numbers.ts'
import { parseWords } from './support/words.ts'

const Words = z.object({ file: z.string() })

/** The long form of a cursor. */
const Head = z.string().transform((text, context): Position => {
  const position = positionOfCursor(Cursor.safeParse(text).data ?? '')
  if (position !== undefined) return position
  context.addIssue('must be <offset>:<hash>')
  return z.NEVER
})

const Flags = z.object({
  head: flag(takes(Head, 'the head of the log, <offset>:<hash>').optional(), {
    placeholder: '<head>',
    lines: ['Where the log ends, <offset>:<hash>, for lines that do not say so, such as those of its segments.'],
  }),
})
type Context = LogContext<z.output<typeof Flags>>

export const logImportCommand = logCommand({
  name: 'log import',
  summary: 'Makes a log of an export, with the same offsets and hashes, in a data directory that does not have it.',
  usage: '<file|-> [options]',
  flags: Flags,
  makesDirectory: true,
  examples: [
    { line: 'maestro log import project.jsonl', says: 'What `maestro log export` has written, as jsonl or json.' },
    { line: 'gunzip < project.jsonl.gz | maestro log import -', says: 'The same, from standard input.' },
  ],
  nextSteps: { DATA_DIR_LOCKED: 'Stop the server, import, and start it again.' },
  run: (context) => interruptible((signal) => run(context, signal)),
})

const run = async (context: Context, signal: AbortSignal): Promise<number> => {
  const { dataDir, words, flags, json, printLines, printJson, startProgress } = context
  const { file } = parseWords(words, Words)
  const input = await openInput(file, signal)
  const lock = await lockDataDirectory({ fs, clock: systemClock, dir: dataDir, pid })
  const progress = startProgress((done, seconds) => `Imported ${sized(done)}, ${sized(done / seconds)}/s`)
  const source = { fs, sha256, createHasher, dataDir, input, head: flags.head, onProgress: progress.update }
  const report = await importLog(source).finally(() => {
    progress.end()
    lock.release()
  })
  await (json ? printJson({ dataDir, ...report }) : printLines([reportLine(report)]))
  return 0
}

const reportLine = ({ projectId, records, bytes, head }: ImportReport): string =>
  `${projectId}: imported ${counted(records, 'record')}, ${sized(bytes)}. Head: ${head.offset}:${head.hash}`
