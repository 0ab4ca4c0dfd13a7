import { resolve } from 'node:path'
import { z } from 'zod'
import { AppError } from '../src/errors.ts'
import { sha256 } from '../src/platform/hash.ts'
import { nodeFileSystem as fs } from '../src/platform/node-file-system.ts'
import { takes } from './flags.ts'
import { exportLog } from './log-export/export.ts'
import type { Extract } from './log-export/format.ts'
import { formats, isFormatName } from './log-export/formats.ts'
import { chooseProject, readLogDirectory } from './support/data-directory.ts'
import { interruptible } from './support/interruptible.ts'
import { flag, type LogContext, logCommand } from './support/log-command.ts'
import { momentFlag } from './support/moment.ts'
import { counted, sized } from './support/numbers.ts'
import { writeFileWhole } from './support/write-file.ts'

const names = Object.keys(formats)

const Flags = z.object({
  from: flag(momentFlag(), {
    placeholder: '<moment>',
    lines: ['Leaves out what is before: an offset, or a time (ISO, or ms since 1970).'],
  }),
  to: flag(momentFlag(), {
    placeholder: '<moment>',
    lines: ['The last record to write: an offset, or a time. A part of a log cannot be imported.'],
  }),
  format: flag(takes(z.string().refine(isFormatName), names.join(', ')).default('jsonl'), {
    placeholder: '<format>',
    lines: Object.entries(formats).map(([name, { summary }]) => `${name}: ${summary}.`),
  }),
  output: flag(z.string().min(1, 'takes the name of a file').optional(), {
    ...{ short: 'o', placeholder: '<file>' },
    lines: ['Writes this file, which is there when all of it is. Default: standard output.'],
  }),
})
type Context = LogContext<z.output<typeof Flags>>

export const logExportCommand = logCommand({
  name: 'log export',
  summary: 'Writes out a log, checked record by record, to be kept, looked at, or imported elsewhere.',
  usage: '<project> [options]',
  flags: Flags,
  examples: [
    {
      line: 'maestro log export proj_1706790000000_rzb6x4q8m3v7k2td --output project.jsonl',
      says: 'The whole log in one file. `maestro log import project.jsonl` makes the same log of it elsewhere.',
    },
    {
      line: 'maestro log export proj_1706790000000_rzb6x4q8m3v7k2td | gzip > project.jsonl.gz',
      says: 'The same, compressed, also beside a running server.',
    },
    {
      line: 'maestro log export proj_1706790000000_rzb6x4q8m3v7k2td --format csv --from 2024-02-01 -o february.csv',
      says: 'A table of what has happened since then.',
    },
  ],
  run: async (context) => {
    const { dataDir, flags, json, printTexts, printLines, printJson } = context
    const { output } = flags
    if (json && output === undefined) {
      throw new AppError('VALIDATION_ERROR', '--json tells what was written to a file: name it with --output')
    }
    const { texts, extract, ended } = await begin(context)
    if (output === undefined) {
      await printTexts(texts).finally(ended)
      return 0
    }
    return interruptible(async (signal) => {
      const bytes = await writeFileWhole(fs, output, texts, signal).finally(ended)
      const report = { dataDir, format: flags.format, file: resolve(output), bytes, ...(await extract) }
      await (json ? printJson(report) : printLines([reportLine(report)]))
      return 0
    })
  },
})

const begin = async ({ dataDir, words, flags, startProgress }: Context) => {
  const { projects } = await readLogDirectory(fs, dataDir)
  const projectId = chooseProject(projects, words, dataDir)
  const progress = startProgress((done, seconds) => `Checked ${sized(done)}, ${sized(done / seconds)}/s`)
  const { from, to, format } = flags
  const source = { fs, sha256, dataDir, projectId, from, to, format: formats[format] }
  return { ...exportLog({ ...source, onProgress: progress.update }), ended: () => progress.end() }
}

interface Report extends Extract {
  readonly file: string
  readonly bytes: number
}

const reportLine = ({ file, bytes, records, from, head, whole }: Report): string => {
  const what = whole ? 'the whole log' : `records ${from} to ${head.offset - 1}`
  return `${file}: ${counted(records, 'record')}, ${sized(bytes)}, ${what}. Head: ${head.offset}:${head.hash}`
}
