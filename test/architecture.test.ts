import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Architecture, violations } from './support/architecture.ts'

const errors = 'src/errors.ts'
const config = ['src/config.ts', 'src/config']
const protocol = ['src/ws/protocol.ts', 'src/ws/plain-frames.ts']
/** The shapes of requests and answers. */
const restSchemas = ['schemas', 'log-schemas', 'past-schemas'].map((name) => `src/http/${name}.ts`)
/** What the store may know of the log: its ports, and what they refuse with. */
const logPorts = ['src/log/log.ts', 'src/log/snapshots.ts', 'src/log/refusals.ts']

/** Who may import what. */
const architecture: Architecture = {
  layers: [
    {
      name: 'events',
      paths: ['events'],
      may: [],
      packages: ['zod', 'fast-json-stable-stringify'],
      builtins: 'none',
      why: 'the vocabulary is shared by the server, the tools, the client and the browser',
    },
    {
      name: 'projections',
      paths: ['projections'],
      may: ['events'],
      packages: ['immer', 'jsondiffpatch'],
      builtins: 'none',
      why: 'folds are pure and run in a browser too',
    },
    {
      name: 'errors',
      paths: [errors],
      may: [],
      packages: [],
      builtins: 'none',
      why: 'everything else imports it',
    },
    {
      name: 'commands',
      paths: ['src/commands'],
      may: ['events', 'projections', errors],
      packages: [],
      builtins: 'none',
      why: 'rules know neither time nor I/O',
    },
    {
      name: 'platform',
      paths: ['src/platform'],
      may: ['events', errors],
      packages: ['pino', 'pino-pretty', 'ulid', 'fs-native-extensions'],
      builtins: 'all',
      why: 'it is what everything else is given, and knows none of it',
    },
    {
      name: 'log',
      paths: ['src/log'],
      may: ['events', 'src/platform', errors],
      packages: ['zod'],
      builtins: 'pure',
      why: 'a log keeps records and does not know what they mean',
    },
    {
      name: 'store',
      paths: ['src/store'],
      may: ['events', 'projections', 'src/commands', ...logPorts, 'src/platform', errors],
      packages: ['zod'],
      builtins: 'pure',
      why: 'above the log port nothing knows files, clocks or the network',
    },
    {
      name: 'metrics',
      paths: ['src/metrics'],
      may: ['src/platform'],
      mayTypes: ['events', 'projections', 'src/store', ...logPorts],
      packages: ['prom-client'],
      builtins: 'none',
      why: 'it looks at everything from outside, so that nothing else knows how metrics are named and shown',
    },
    {
      name: 'adoption',
      paths: ['src/adoption'],
      may: ['events', 'src/log', 'src/store', 'src/platform', errors],
      packages: ['zod'],
      builtins: 'pure',
      why: 'it makes the first logs of a data directory, before there is anything to serve',
    },
    {
      name: 'skills',
      paths: ['src/skills'],
      may: ['events', 'src/platform', errors],
      packages: ['yaml', 'zod'],
      builtins: 'pure',
      why: 'it lists folders and has nothing to do with the log',
    },
    {
      name: 'edge',
      paths: ['src/edge'],
      may: [errors],
      packages: [],
      builtins: 'pure',
      why: 'it is what HTTP and WebSocket have in common, so that neither knows the other',
    },
    {
      name: 'http',
      paths: ['src/http'],
      may: ['events', 'projections', 'src/store', 'src/skills/skill.ts', 'src/edge', errors],
      mayTypes: ['src/commands', 'src/platform'],
      packages: ['express', 'cors', 'zod'],
      builtins: 'pure',
      why: 'it only translates between requests and the store',
    },
    {
      name: 'ws',
      paths: ['src/ws'],
      may: ['events', 'projections', 'src/store', 'src/edge', errors],
      mayTypes: ['src/platform'],
      packages: ['ws', 'zod'],
      builtins: 'pure',
      why: 'it only translates between sockets and the store',
    },
    {
      name: 'the WebSocket protocol',
      paths: protocol,
      may: ['events', errors],
      packages: ['zod'],
      builtins: 'none',
      why: 'the client speaks it in a browser',
    },
    {
      name: 'API documents',
      paths: ['src/api-docs'],
      may: [
        'events',
        ...['document', 'log-schemas', 'operation', 'past-schemas', 'schemas', 'tags'].map(
          (name) => `src/http/${name}.ts`,
        ),
        ...[...protocol, 'src/skills/skill.ts', errors],
      ],
      packages: ['zod'],
      builtins: 'none',
      why: 'it describes both HTTP and WebSocket, which do not know each other, and serves neither',
    },
    {
      name: 'client',
      paths: ['src/client'],
      may: ['events', 'projections', ...protocol, ...restSchemas, 'src/skills/skill.ts', errors],
      packages: ['@noble/hashes', 'zod'],
      builtins: 'none',
      why: 'it runs in a browser',
    },
    {
      name: 'client for Node',
      paths: ['src/client/node'],
      may: ['src/client', 'src/platform'],
      packages: ['ws'],
      builtins: 'pure',
      why: 'it only gives the client what Node has and browsers have not',
    },
    {
      name: 'config',
      paths: config,
      may: ['src/platform', errors],
      packages: ['zod'],
      builtins: 'all',
      why: 'it is read before anything else exists',
    },
    {
      name: 'cli',
      paths: ['src/cli'],
      may: [...config, 'src/platform', errors],
      packages: [],
      builtins: 'pure',
      why: 'what commands do is handed to it',
    },
    {
      name: 'tools',
      paths: ['tools'],
      may: [
        'events',
        'projections',
        ...config,
        ...['cli', 'client', 'commands', 'log', 'platform', 'skills', 'store'].map((name) => `src/${name}`),
        errors,
      ],
      packages: ['@marcbachmann/cel-js', 'csv-stringify', 'zod'],
      builtins: 'all',
      why: 'tools work on a data directory without a server',
    },
    {
      name: 'the page of an export',
      paths: ['tools/log-export/page'],
      may: ['events', 'projections', 'tools/story', 'tools/support/record-words.ts', 'tools/support/numbers.ts'],
      packages: ['@noble/hashes', 'zod'],
      builtins: 'none',
      why: 'it runs in a browser',
    },
    {
      name: 'the bundle of that page',
      paths: ['tools/log-export/page-bundle.ts'],
      may: ['tools/log-export/page', 'tools/support/bundled-packages.ts', 'src/platform/package-root.ts'],
      packages: ['esbuild'],
      builtins: 'all',
      why: 'only builds and sources that are run without one make it',
    },
    {
      name: 'main',
      paths: ['src/main.ts', 'src/compose.ts', 'src/package.ts'],
      may: ['events', 'projections', 'src', 'tools'],
      packages: [],
      builtins: 'all',
      why: 'it only puts together what others made',
    },
  ],
  worldly: ['fs', 'fs/promises', 'os', 'process', 'child_process', 'perf_hooks'].map((name) => `node:${name}`),
  bans: [
    {
      pattern: /\bDate\s*\.\s*now\b|\bperformance\s*\.\s*now\b|\bnew\s+Date\b\s*(?:\(\s*\)|(?![\s(]))/g,
      why: 'time is a parameter, so that a test can stop it and a fold gives the same twice',
      instead: 'take a Clock or a Stopwatch (src/platform/clock.ts), or the time itself',
    },
    {
      pattern: /\bMath\s*\.\s*random\b|\b(?:randomUUID|randomBytes|randomInt|getRandomValues)\b/g,
      why: 'chance is a parameter, so that a seed repeats a failure',
      instead: 'derive ids from the id of a record (events/ids.ts), which NextRecordId (src/platform/ids.ts) makes',
      // A browser has no platform layer; this file is all of the world that the client knows there.
      except: ['src/client/browser.ts'],
    },
    {
      pattern: /\bprocess\s*\.\s*env\b/g,
      why: 'the environment is read once, checked, and handed down',
      instead:
        'take what you need of Config (src/config.ts) as a parameter; a new option is one row in src/config/options.ts',
    },
    {
      pattern: /\bconsole\s*[.[]/g,
      why: 'logs have levels, fields and redaction, and commands write to the streams they are given',
      instead: 'take a Logger (src/platform/logger.ts)',
    },
  ],
}

const longestSource = 300

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string): Promise<string> => readFile(join(root, path), 'utf8')

const sourcesIn = async (folder: string): Promise<string[]> => {
  const entries = await readdir(join(root, folder), { withFileTypes: true, recursive: true })
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) =>
      posix.join(folder, entry.parentPath.slice(join(root, folder).length).replaceAll('\\', '/'), entry.name),
    )
}

describe('the sources', () => {
  const sources = new Map<string, string>()
  beforeAll(async () => {
    const files = await Promise.all(['events', 'projections', 'src', 'tools'].map(sourcesIn))
    for (const file of files.flat()) sources.set(file, await read(file))
  })

  it('import only what their layer may, and leave time, chance, environment and console to the platform', () => {
    expect(sources.size).toBeGreaterThan(0)
    expect([...sources].flatMap(([file, text]) => violations(architecture, file, text))).toEqual([])
  })

  it(`have at most ${longestSource} lines each`, () => {
    const lines = [...sources].map(([file, text]) => ({ file, lines: text.split('\n').length - 1 }))
    expect(lines.filter((one) => one.lines > longestSource)).toEqual([])
  })

  it('of events, projections, the client and the page of an export compile without the types of Node', async () => {
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
    const compile = promisify(execFile)(process.execPath, [tsc, '-p', 'tsconfig.browser.json'], { cwd: root })
    await expect(compile.catch(({ stdout }: { stdout: string }) => ({ stdout }))).resolves.toMatchObject({ stdout: '' })
  })
})

describe('the rules', () => {
  it.each([
    ['events/a.ts', "import { hash } from 'node:crypto'", 'imports node:crypto'],
    [
      'events/a.ts',
      "import { z } from 'zod'\nimport type { View } from '../projections/view.ts'",
      'events/a.ts:2: imports',
    ],
    ['projections/a.ts', "export * from '../src/errors.ts'", 'it may import events'],
    ['src/commands/a.ts', "import type { Clock } from '../platform/clock.ts'", 'rules know neither time nor I/O'],
    ['src/store/a.ts', "import { openFileLog } from '../log/file-log.ts'", 'Take it as a parameter'],
    ['src/http/a.ts', "import { pump } from '../ws/pump.ts'", 'imports src/ws/pump.ts'],
    ['src/http/a.ts', "import { systemClock } from '../platform/clock.ts'", 'types of src/commands, src/platform'],
    ['src/ws/a.ts', "import express from 'express'", 'of packages it may import ws, zod'],
    ['src/ws/protocol.ts', "import type { Store } from '../store/store.ts'", 'in a browser'],
    ['src/log/a.ts', "import { open } from 'node:fs/promises'", 'imports node:fs/promises'],
    ['src/log/a.ts', "import fs from 'fs'", 'Write node:fs'],
    ['src/log/a.ts', "const fs = await import('node:fs')", 'imports node:fs'],
    ['src/log/a.ts', 'const module = await import(name)', 'only known at run time'],
    ['src/skills/a.ts', "const { parse } = await import('yaml')", 'imports yaml on demand'],
    ['src/log/a.ts', "import '../main.ts'", 'imports src/main.ts'],
    ['src/skills/a.ts', 'import {\n  a,\n} from "lodash/fp"', 'imports lodash'],
    ['src/client/a.ts', "import { WebSocket } from 'ws'", 'because it runs in a browser'],
    ['src/client/a.ts', 'const n = crypto.getRandomValues(array)', 'derive ids'],
    ['src/store/a.ts', '\nconst at = Date.now()', 'src/store/a.ts:2: uses Date.now'],
    ['src/store/a.ts', 'const at = new Date().toISOString()', 'take a Clock'],
    ['src/store/a.ts', 'const at = new Date', 'take a Clock'],
    ['src/ws/a.ts', `const id = \`x\${\`y\${Math.random()}\`}\``, 'derive ids'],
    ['src/http/a.ts', 'const port = process.env.PORT', 'src/config/options.ts'],
    ['src/cli/a.ts', "console.log('hello')", 'take a Logger'],
    ['src/elsewhere/a.ts', '', 'belongs to no layer'],
  ])('catch in %s: %s', (file, source, message) => {
    expect(violations(architecture, file, source)).toEqual([expect.stringContaining(message)])
  })

  it.each([
    ['events/a.ts', "import { z } from 'zod'\nexport type { A } from './b.ts'"],
    ['src/http/a.ts', "import type { Clock } from '../platform/clock.ts'\nimport { createServer } from 'node:http'"],
    ['src/store/a.ts', "import type { Log } from '../log/log.ts'"],
    ['src/store/a.ts', '// Date.now() and process.env\n/* console.log() */ const says = "import x from \'express\'"'],
    ['src/store/a.ts', 'const quote = /["\'`]/\nconst date = new Date(at)\nconst text = `Math.random console.log`'],
    ['src/client/browser.ts', 'const n = crypto.getRandomValues(array)'],
    ['src/platform/a.ts', "import { open } from 'node:fs'\nconst at = Date.now()"],
    ['src/main.ts', "import { runCli } from './cli/run.ts'\nrunCli({ env: process.env })"],
  ])('let pass in %s: %s', (file, source) => {
    expect(violations(architecture, file, source)).toEqual([])
  })
})

describe('the lock file', () => {
  it('names packages and checksums, and no host to fetch them from', async () => {
    expect(await read('package-lock.json')).not.toContain('"resolved"')
    expect((await read('.npmrc')).split('\n')).toContain('omit-lockfile-registry-resolved=true')
  })
})
