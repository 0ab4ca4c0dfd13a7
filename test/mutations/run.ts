import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { wholeNumber } from '../../src/config/values.ts'
import { takes } from '../../tools/flags.ts'
import { chanceOf, mulberry32 } from '../../tools/load-history/chance.ts'
import { runScript } from '../support/script.ts'
import { type Mutation, mutated, type Verdict } from './mutation.ts'
import { mutations } from './mutations.ts'
import { Workshop } from './workshop.ts'

const usage = `Breaks the sources on purpose, one line at a time, and looks whether a test notices.

Usage: npm run test:mutations -- [--sample <n>] [--seed <n>] [--only <text>] [--list]

  --sample <n>   only so many, chosen by the seed
  --seed <n>     another choice; 1 if not given
  --only <text>  only those whose name contains the text
  --list         shows them and runs nothing

Works on a copy of the sources. Exits with 1 unless every mutation is caught by the test that it names.

Examples:
  npm run test:mutations
  npm run test:mutations -- --sample 5 --seed 42
  npm run test:mutations -- --only "not made durable"
`

/** As shells have it for a command that was interrupted. */
const interruptedExitCode = 130

const root = fileURLToPath(new URL('../../', import.meta.url))

/** So many, each as likely as any other. */
const sampleOf = <T extends {}>(all: readonly T[], size: number, seed: number): T[] => {
  const chance = chanceOf(mulberry32(seed))
  const rest = [...all]
  return Array.from({ length: Math.min(size, all.length) }, () => {
    const one = chance.pick(rest)
    rest.splice(rest.indexOf(one), 1)
    return one
  })
}

/** A mutation is only caught when its test fails because of it. */
const tryOut = async (workshop: Workshop, mutation: Mutation): Promise<Verdict> => {
  const { file, test } = mutation
  const source = await workshop.read(file)
  const broken = mutated(mutation, source)
  if (broken === undefined) return { kind: 'outdated', why: 'no such place in the source' }
  const before = await workshop.run(test)
  if (before.length === 0) return { kind: 'outdated', why: `no test "${test.name}" in ${test.file}` }
  const failing = before.find(({ isPassed }) => !isPassed)
  if (failing !== undefined) return { kind: 'outdated', why: `fails anyway: ${failing.name}` }
  await workshop.write(file, broken)
  const after = await workshop.run(test)
  await workshop.write(file, source)
  if (after.length === 0) return { kind: 'outdated', why: `does not come to an end any more: ${test.name}` }
  const caught = after.find(({ isPassed }) => !isPassed)
  return caught === undefined ? { kind: 'missed' } : { kind: 'caught', by: caught.name }
}

const textOf = ({ name, file, test }: Mutation, verdict: Verdict): string => {
  switch (verdict.kind) {
    case 'caught':
      return `caught    ${name} (${file})\n          by ${test.file}: ${verdict.by}\n`
    case 'missed':
      return `MISSED    ${name} (${file})\n          by ${test.file}: ${test.name}\n`
    case 'outdated':
      return `OUTDATED  ${name} (${file})\n          ${verdict.why}\n`
  }
}

/** How many are caught; undefined when somebody has stopped it before the end. */
const tryAll = async (todo: readonly Mutation[], stop: AbortSignal): Promise<number | undefined> => {
  const workshop = await Workshop.open(root, stop)
  let caught = 0
  try {
    for (const mutation of todo) {
      const verdict = await tryOut(workshop, mutation)
      process.stdout.write(textOf(mutation, verdict))
      if (verdict.kind === 'caught') caught += 1
    }
    return caught
  } catch (error) {
    if (stop.aborted) return undefined
    throw error
  } finally {
    await workshop.close()
  }
}

const stopped = (): AbortSignal => {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort())
  return stop.signal
}

await runScript({
  usage,
  kinds: {
    sample: { type: 'string' },
    seed: { type: 'string' },
    only: { type: 'string' },
    list: { type: 'boolean' },
  },
  flags: z.object({
    sample: takes(wholeNumber(1, Number.MAX_SAFE_INTEGER), 'a whole number above 0').optional(),
    seed: takes(wholeNumber(0, 2 ** 32 - 1), 'a whole number').default(1),
    only: z.string().default(''),
    list: z.boolean().default(false),
  }),
  run: async ({ sample = mutations.length, seed, only, list }) => {
    const named = mutations.filter(({ name }) => name.includes(only))
    const todo = named.length <= sample ? named : sampleOf(named, sample, seed)
    if (list) {
      for (const { name, file } of todo) process.stdout.write(`${name} (${file})\n`)
      return 0
    }
    const caught = await tryAll(todo, stopped())
    if (caught === undefined) return interruptedExitCode
    process.stdout.write(`mutations: ${caught} of ${todo.length} caught, of ${mutations.length} that there are\n`)
    return caught === todo.length && todo.length > 0 ? 0 : 1
  },
})
