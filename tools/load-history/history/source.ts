import { createReadStream } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createGunzip } from 'node:zlib'
import { z } from 'zod'
import { AppError } from '../../../src/errors.ts'
import { packageRoot } from '../../../src/platform/package-root.ts'
import { systemErrorCode } from '../../../src/platform/system-error.ts'
import { Change } from './change.ts'
import { generateHistory } from './generate.ts'

/** Where a history comes from. */
export type Origin =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'generated'; readonly seed: number }

export interface History {
  readonly origin: Origin
  /** How many changes it has. */
  readonly length: number
  changes(): AsyncIterable<Change> | Iterable<Change>
}

/** The recorded history stands beside the project and is no part of it. */
export const recordedFile = fileURLToPath(new URL('../shared/data/agent-history.jsonl.gz', packageRoot))

export const defaultSeed = 1

export interface HistoryChoice {
  readonly file?: string | undefined
  readonly seed?: number | undefined
}

/**
 * The history that is asked for, else the one in the file `standard`. Only that one is replaced by a generated history where
 * it is missing: throws NOT_FOUND for any other file.
 */
export const openHistory = async ({ file, seed }: HistoryChoice, standard: string): Promise<History> => {
  if (file !== undefined && seed !== undefined) {
    throw new AppError('VALIDATION_ERROR', '--file and --seed name two different histories')
  }
  if (seed !== undefined) return generatedHistory(seed)
  const recorded = await recordedHistory(file ?? standard)
  if (recorded === undefined && file !== undefined) throw new AppError('NOT_FOUND', `There is no file ${file}`)
  return recorded ?? generatedHistory(defaultSeed)
}

/** How long a generated history is: as long as the recorded one. */
export const generatedLength = 25_000

export const generatedHistory = (seed: number): History => ({
  origin: { kind: 'generated', seed },
  length: generatedLength,
  changes: () => generateHistory(seed),
})

/**
 * A recorded history: JSON lines, compressed if the name ends in `.gz`. It is streamed, once to count it and once to read
 * it. Undefined when there is no such file.
 */
export const recordedHistory = async (path: string): Promise<History | undefined> => {
  try {
    let length = 0
    for await (const line of linesOf(path)) if (line !== '') length += 1
    return { origin: { kind: 'file', path }, length, changes: () => changesOf(path) }
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined
    throw new AppError('VALIDATION_ERROR', `${path} cannot be read`, { cause: error })
  }
}

async function* changesOf(path: string): AsyncGenerator<Change> {
  let number = 0
  for await (const line of linesOf(path)) {
    number += 1
    if (line !== '') yield parse(line, `${path}:${number}`)
  }
}

const parse = (line: string, place: string): Change => {
  const parsed = Change.safeParse(parseJson(line))
  if (parsed.success) return parsed.data
  throw new AppError('VALIDATION_ERROR', `${place} is not a change of a history:\n${z.prettifyError(parsed.error)}`)
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Splits at line feeds only: `node:readline` also splits at U+2028, which JSON allows within text. */
async function* linesOf(path: string): AsyncGenerator<string> {
  const file = createReadStream(path)
  const bytes = path.endsWith('.gz') ? file.pipe(createGunzip()) : file
  // A pipe does not pass errors on.
  file.on('error', (error) => bytes.destroy(error))
  let rest = ''
  for await (const text of bytes.setEncoding('utf8')) {
    const lines = `${rest}${text}`.split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  if (rest !== '') yield rest
}
