import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import type { Command, CommandInput } from '../../src/cli/command.ts'
import { wholeNumber } from '../../src/config/values.ts'
import { AppError } from '../../src/errors.ts'
import { systemStopwatch } from '../../src/platform/clock.ts'
import { readFlags } from '../flags.ts'
import { type Api, createApi, type Send } from './api.ts'
import { entriesOf, lengthOf } from './entries.ts'
import { loadHistory } from './load.ts'
import { createProgress } from './progress.ts'
import { persistent } from './retry.ts'
import { generatedHistory, type History, recordedHistory } from './source.ts'
import { openTarget, type Target } from './target.ts'
import { originText, type Totals, totalsOf, totalsText } from './totals.ts'

/** The recorded history stands beside the project and is no part of it. */
const root = new URL(import.meta.url.endsWith('.ts') ? '../..' : '../../..', import.meta.url)
export const recordedFile = fileURLToPath(new URL('../shared/data/agent-history.jsonl.gz', `${root}/`))

const defaultSeed = 1
const defaultWriters = 8
const mostWriters = 256

const kinds = {
  url: { type: 'string' },
  file: { type: 'string' },
  seed: { type: 'string' },
  project: { type: 'string' },
  name: { type: 'string' },
  from: { type: 'string' },
  limit: { type: 'string' },
  writers: { type: 'string' },
  json: { type: 'boolean' },
  quiet: { type: 'boolean' },
} as const

const takes = <S extends z.ZodType>(schema: S, what: string) =>
  z.string().refine((text) => schema.safeParse(text).success, `takes ${what}`).pipe(schema)

const Flags = z.object({
  url: takes(z.url({ protocol: /^https?$/ }), 'the URL of a server, such as http://127.0.0.1:3000').optional(),
  file: z.string().optional(),
  seed: takes(wholeNumber(0, 2 ** 32 - 1), 'a whole number').optional(),
  project: z.string().optional(),
  name: takes(z.string().regex(/\S/), 'a name that is not blank').optional(),
  from: takes(wholeNumber(1, Number.MAX_SAFE_INTEGER), 'the number of a change, counted from 1').default(1),
  limit: takes(wholeNumber(1, Number.MAX_SAFE_INTEGER), 'a whole number above 0').default(Number.POSITIVE_INFINITY),
  writers: takes(wholeNumber(1, mostWriters), `a whole number from 1 to ${mostWriters}`).default(defaultWriters),
  json: z.boolean().default(false),
  quiet: z.boolean().default(false),
})
type Flags = z.output<typeof Flags>
