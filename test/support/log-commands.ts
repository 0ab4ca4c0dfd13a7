import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { z } from 'zod'
import { type Draft, ProjectId, sealLine, start } from '../../events/index.ts'
import { projectDirectory, segmentName } from '../../src/log/format.ts'
import { sha256 } from '../../src/platform/hash.ts'
import { logRepairCommand } from '../../tools/log-repair.ts'
import { logVerifyCommand } from '../../tools/log-verify.ts'
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

/** How `maestro log …` is run. */
export type Run = (
  dataDir: string,
  ...words: readonly string[]
) => Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>

/** In this process, which is quick. */
export const maestroLog: Run = async (dataDir, name = '', ...words) => {
  const command = [logVerifyCommand, logRepairCommand].find((one) => one.name === `log ${name}`)
  if (command === undefined) throw new Error(`no command log ${name}`)
  return runCommand(command, words, { DATA_DIR: dataDir })
}

/** In a process of its own, as people do. */
export const maestroLogProcess: Run = (dataDir, ...words) => runMaestro(['log', ...words], { dataDir })

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
