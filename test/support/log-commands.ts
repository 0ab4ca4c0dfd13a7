import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { z } from 'zod'
import { type Draft, ProjectId, sealLine, start } from '../../events/index.ts'
import { projectDirectory, segmentName } from '../../src/log/format.ts'
import { sha256 } from '../../src/platform/hash.ts'
import { logCommands } from '../../tools/log-commands.ts'
import { drafts } from './logs.ts'
import { runCommand } from './run-command.ts'
import { runMaestro } from './server-process.ts'

const place = { offset: z.int(), segment: z.string(), byte: z.int(), bytes: z.int(), reason: z.string() }
const damage = z.strictObject({
  ...place,
  laterRecords: z.int(),
  lastRecord: z.int().nullable(),
  acknowledged: z.int(),
  opensFrom: z.int().nullable(),
})
const tail = z.strictObject(place)
const head = z.strictObject({ offset: z.int(), hash: z.string().length(64) })

const checked = {
  projectId: z.string(),
  ...{ records: z.int(), bytes: z.int(), segments: z.int(), head, others: z.array(z.string()) },
  snapshots: z.array(
    z.strictObject({
      ...{ offset: z.int(), file: z.string(), bytes: z.int(), reason: z.string().nullable() },
      status: z.enum(['ok', 'unusable', 'unchecked', 'ahead', 'wrong']),
    }),
  ),
}

/** What `maestro log verify --json` prints, to the last key. */
export const VerifyReport = z.strictObject({
  dataDir: z.string(),
  projects: z.array(
    z.discriminatedUnion('status', [
      z.strictObject({ ...checked, status: z.literal('ok'), tail: tail.optional() }),
      z.strictObject({ ...checked, status: z.literal('torn'), tail }),
      z.strictObject({ ...checked, status: z.literal('newer'), tail }),
      z.strictObject({ ...checked, status: z.literal('damaged'), damage }),
      z.strictObject({ ...checked, status: z.literal('unreadable'), reason: z.string() }),
    ]),
  ),
  others: z.array(z.string()),
})

const repaired = {
  ...{ dataDir: z.string(), projectId: z.string(), done: z.boolean() },
  remains: z.strictObject({ records: z.int(), bytes: z.int(), head }),
  takes: z.array(z.strictObject({ file: z.string(), from: z.int(), bytes: z.int() })),
  copies: z.array(z.string()),
}

/** What `maestro log repair --json` prints, to the last key. */
export const RepairReport = z.discriminatedUnion('status', [
  z.strictObject({ ...repaired, status: z.literal('ok') }),
  z.strictObject({ ...repaired, status: z.literal('torn'), tail }),
  z.strictObject({ ...repaired, status: z.literal('damaged'), damage }),
])

/** What `maestro log list --json` prints, to the last key. */
export const ListReport = z.strictObject({
  dataDir: z.string(),
  projects: z.array(
    z.strictObject({
      ...{ projectId: z.string(), name: z.string().nullable(), deleted: z.boolean() },
      status: z.enum(['ok', 'damaged', 'newer', 'unreadable']),
      reason: z.string().nullable(),
      ...{ records: z.int(), bytes: z.int(), firstAt: z.int().nullable(), lastAt: z.int().nullable(), head },
    }),
  ),
  others: z.array(z.string()),
})

const actor = z.strictObject({ kind: z.enum(['user', 'session', 'system']), id: z.string().optional() })
const redactions = z.array(
  z.strictObject({ offset: z.int(), at: z.int(), actor, pointer: z.string(), reason: z.string() }),
)
const entity = z.looseObject({ id: z.string() }).nullable()

/** What `maestro log show --json` prints, to the last key. */
export const ShowReport = z.strictObject({
  ...{ dataDir: z.string(), projectId: z.string() },
  record: z.looseObject({ offset: z.int(), type: z.string(), hash: z.string(), data: z.unknown() }),
  effects: z.array(
    z.strictObject({
      ...{ kind: z.enum(['project', 'task', 'session']), id: z.string() },
      change: z.enum(['created', 'changed', 'deleted']),
      patch: z.array(z.looseObject({ op: z.enum(['add', 'remove', 'replace']), path: z.string() })).nullable(),
      ...{ before: entity, after: entity },
    }),
  ),
  redactions,
})

/** What `maestro log receipt --json` prints, to the last key. */
export const ReceiptReport = z.strictObject({
  ...{ dataDir: z.string(), projectId: z.string(), offset: z.int(), hash: z.string() },
  status: z.enum(['kept', 'redacted', 'cut', 'rewritten', 'damaged', 'newer']),
  ...{ found: z.string().nullable(), reason: z.string().nullable(), redactions, head },
})

/** What `maestro log export --output --json` prints, to the last key. */
export const ExportReport = z.strictObject({
  ...{ dataDir: z.string(), projectId: z.string(), format: z.string(), file: z.string(), bytes: z.int() },
  ...{ from: z.int(), records: z.int(), whole: z.boolean(), head },
})

/** What `maestro log import --json` prints, to the last key. */
export const ImportReport = z.strictObject({
  ...{ dataDir: z.string(), projectId: z.string(), records: z.int(), bytes: z.int(), head },
})

/** What `maestro log redact --json` prints, to the last key. */
export const RedactReport = z.strictObject({
  ...{ dataDir: z.string(), projectId: z.string(), offset: z.int(), type: z.string(), pointer: z.string() },
  status: z.enum(['planned', 'done', 'already']),
  ...{ replacement: z.json(), announcedAt: z.int().nullable() },
  ...{ snapshots: z.array(z.string()), entityFiles: z.array(z.string()) },
  elsewhere: z.strictObject({
    records: z.array(z.strictObject({ offset: z.int(), part: z.enum(['data', 'header']) })),
    files: z.array(z.string()),
  }),
})

/** How `maestro log …` is run. */
export type Run = (
  dataDir: string,
  ...words: readonly string[]
) => Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>

/** Whatever takes long says how far it is, on a busy machine sooner than elsewhere. */
export const withoutProgress = <T extends { readonly stderr: string }>(outcome: T): T => ({
  ...outcome,
  stderr: outcome.stderr.replaceAll(/^(?:Checked|Looked at|Folded|Read|Imported) [0-9].*\n/gm, ''),
})

/** In this process, which is quick. */
export const maestroLog: Run = async (dataDir, name = '', ...words) => {
  const command = logCommands.find((one) => one.name === `log ${name}`)
  if (command === undefined) throw new Error(`no command log ${name}`)
  return withoutProgress(await runCommand(command, words, { DATA_DIR: dataDir }))
}

/** In a process of its own, as people do. */
export const maestroLogProcess: Run = async (dataDir, ...words) =>
  withoutProgress(await runMaestro(['log', ...words], { dataDir }))

/** Runs a command for a program: the exit code, and what it prints as JSON. Nothing is said on standard error. */
export const jsonOf = async <S extends z.ZodObject>(
  schema: S,
  dataDir: string,
  words: readonly string[],
  run: Run = maestroLog,
): Promise<{ readonly code: number | null; readonly report: z.output<S> }> => {
  const { code, stdout, stderr } = await run(dataDir, ...words, '--json')
  expect(stderr).toBe('')
  return { code, report: schema.parse(JSON.parse(stdout)) }
}

/** Verifies for a program: the exit code, and the report. Nothing is said on standard error. */
export const verifyJson = async (dataDir: string, words: readonly string[] = [], run: Run = maestroLog) => {
  const { code, stdout, stderr } = await run(dataDir, 'verify', '--json', ...words)
  expect(stderr).toBe('')
  return { code, ...VerifyReport.parse(JSON.parse(stdout)) }
}

export const repairJson = async (dataDir: string, words: readonly string[], run: Run = maestroLog) => {
  const { code, stdout, stderr } = await run(dataDir, 'repair', '--json', ...words)
  expect(stderr).toBe('')
  return { code, ...RepairReport.parse(JSON.parse(stdout)) }
}

/** The lines of a log, each durable before the next. */
export const linesOf = (id: ProjectId, batch: readonly Draft[] = drafts(9, 0, id)): Buffer[] => {
  let position = start
  return batch.map((draft) => {
    const { text, next } = sealLine(draft, position, position.offset, sha256)
    position = next
    return Buffer.from(text)
  })
}

/** Writes the segments of a project, by offset. */
export const writeLog = async (
  dataDir: string,
  name: string,
  segments: (lines: Buffer[]) => Readonly<Record<number, readonly Uint8Array[]>>,
): Promise<ProjectId> => {
  const id = ProjectId.parse(name)
  const dir = projectDirectory(dataDir, id)
  await mkdir(dir, { recursive: true })
  for (const [base, parts] of Object.entries(segments(linesOf(id)))) {
    await writeFile(join(dir, segmentName(Number(base))), Buffer.concat(parts))
  }
  return id
}
