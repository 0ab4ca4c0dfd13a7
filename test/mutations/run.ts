import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import fc from 'fast-check'
import type { Mutation } from './mutation.ts'
import { mutations } from './mutations.ts'

const usage = `Breaks the sources on purpose, one line at a time, and looks whether the tests notice.

Usage: npm run test:mutations -- [--sample <n>] [--seed <n>] [--only <text>] [--list]

  --sample <n>   only so many, chosen by the seed
  --seed <n>     repeats an earlier choice
  --only <text>  only those whose name contains the text
  --list         shows them and runs nothing

Works on a copy of the tree. Exits with 1 when a mutation is not caught or cannot be applied.

Examples:
  npm run test:mutations
  npm run test:mutations -- --sample 5 --seed 42
  npm run test:mutations -- --only "directory sync"
`

const options = parseArgs({
  options: {
    sample: { type: 'string' },
    seed: { type: 'string' },
    only: { type: 'string' },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
}).values

const root = fileURLToPath(new URL('../../', import.meta.url))
const left: ReadonlySet<string> = new Set(['node_modules', 'dist', '.git'])

/** A copy of the tree in which anything may be broken. */
const copyTree = async (): Promise<string> => {
  const copy = await mkdtemp(join(tmpdir(), 'maestro-mutations-'))
  await cp(root, copy, {
    recursive: true,
    filter: (path) => {
      const [top = ''] = relative(root, path).split('/')
      return !left.has(top) && !top.startsWith('.test-build-')
    },
  })
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'))
  return copy
}

type Verdict = 'caught' | 'MISSED' | 'NOT APPLICABLE'

const passes = async (copy: string, tests: readonly string[]): Promise<boolean> => {
  const child = spawn('npx', ['vitest', 'run', '--reporter=dot', '--bail=1', ...tests], { cwd: copy, stdio: 'ignore' })
  const [code] = await once(child, 'exit')
  return code === 0
}

const tryOut = async (copy: string, { file, find, replace, tests }: Mutation): Promise<Verdict> => {
  const path = join(copy, file)
  const source = await readFile(path, 'utf8')
  if (source.split(find).length !== 2) return 'NOT APPLICABLE'
  await writeFile(
    path,
    source.replace(find, () => replace),
  )
  try {
    return (await passes(copy, tests)) ? 'MISSED' : 'caught'
  } finally {
    await writeFile(path, source)
  }
}

const chosen = (seed: number): readonly Mutation[] => {
  const { only, sample } = options
  const named = only === undefined ? mutations : mutations.filter(({ name }) => name.includes(only))
  if (sample === undefined) return named
  const [picked = []] = fc.sample(
    fc.shuffledSubarray([...named], { minLength: Math.min(Number(sample), named.length) }),
    {
      seed,
      numRuns: 1,
    },
  )
  return picked.slice(0, Number(sample))
}

const main = async (): Promise<number> => {
  if (options.help) {
    process.stdout.write(usage)
    return 0
  }
  const seed = Number(options.seed ?? Date.now() % 2 ** 31)
  const todo = chosen(seed)
  if (options.list) {
    for (const { name, file } of todo) process.stdout.write(`${name} (${file})\n`)
    return 0
  }
  const copy = await copyTree()
  const verdicts: Verdict[] = []
  try {
    for (const mutation of todo) {
      const verdict = await tryOut(copy, mutation)
      verdicts.push(verdict)
      process.stdout.write(`${verdict.padEnd(8)} ${mutation.name} (${mutation.file})\n`)
    }
  } finally {
    await rm(copy, { recursive: true, force: true })
  }
  const caught = verdicts.filter((verdict) => verdict === 'caught').length
  process.stdout.write(`mutations: ${caught} of ${todo.length} caught, ${mutations.length} known, seed ${seed}\n`)
  return caught === todo.length ? 0 : 1
}

process.exitCode = await main()
