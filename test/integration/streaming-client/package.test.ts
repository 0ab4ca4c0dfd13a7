import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { describe, expect, it, onTestFinished } from 'vitest'
import { makerOf } from '../../support/entities.ts'
import { installedPackage } from '../../support/installed-package.ts'
import { sharedServer } from '../../support/shared-server.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const run = promisify(execFile)
const installed = installedPackage()
const server = sharedServer()
const make = makerOf(server.call)

/** What a program may write that uses most of it. */
const program = `
import { createClient, type EventItem, listTasks, MaestroError, memoryCursors, unwrap } from 'maestro-server/client'

const client = createClient({ url: 'http://127.0.0.1:3000', token: 'secret', retries: { attempts: 3 } })

export const rename = async (id: string, title: string): Promise<string> => {
  const found = unwrap(await client.getTask({ id }))
  const result = await client.updateTask({ id: found.id, title, status: 'completed' }, { ifMatch: '"1"' })
  if (result.ok) return result.value.title
  const { code } = result.error
  return code === 'VERSION_CONFLICT' ? 'somebody was faster' : code
}

export const report = async (id: string): Promise<number | undefined> => {
  const result = await client.addTimelineEntry.minimal({ id, message: 'half way' })
  const nothing: undefined = unwrap(result)
  return nothing ?? (result.ok ? result.receipt?.offset : undefined)
}

export async function* titles(signal: AbortSignal): AsyncGenerator<string> {
  for await (const item of client.follow({ types: ['task:*'], storage: memoryCursors(), signal })) {
    switch (item.kind) {
      case 'event':
        yield* titlesIn(item)
        break
      case 'connecting':
      case 'following':
      case 'caught_up':
      case 'progress':
      case 'reset':
      case 'lost':
        break
      default:
        item satisfies never
    }
  }
}

const titlesIn = ({ frames }: EventItem): string[] =>
  frames.flatMap((frame) => (frame.type === 'task:updated' ? [frame.data.title] : []))

export const count = async (id: string): Promise<number> => {
  const mirror = client.mirror({ projects: id })
  await mirror.live()
  const state = mirror.stateOf(id)
  if (state === undefined) throw mirror.errorOf(id) ?? new MaestroError('PROJECT_NOT_FOUND', id)
  return listTasks(state, { status: 'pending' }).length
}

// @ts-expect-error a title is needed
client.createTask({ projectId: 'proj_x' })
// @ts-expect-error there is no such status
client.listTasks({ status: 'done' })
// @ts-expect-error records have no frames
for await (const item of client.follow({ view: 'records' })) if (item.kind === 'event') break
`

const compile = async (name: string, options: object): Promise<string> => {
  await writeFile(join(installed.dir, 'program.ts'), program)
  const shared = { strict: true, exactOptionalPropertyTypes: true, noEmit: true, skipLibCheck: false, target: 'es2023' }
  const config = { compilerOptions: { ...shared, ...options }, include: ['program.ts'] }
  await writeFile(join(installed.dir, name), JSON.stringify(config))
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const compiled = run(process.execPath, [tsc, '-p', name], { cwd: installed.dir })
  const { stdout } = await compiled.catch(({ stdout }: { stdout: string }) => ({ stdout }))
  return stdout
}

describe('the package, once installed,', () => {
  it('has a client with types for Node', async () => {
    await writeFile(join(installed.dir, 'package.json'), '{"type":"module"}')
    const options = { module: 'nodenext', lib: ['es2023'], types: ['node'] }
    expect(await compile('tsconfig.node.json', options)).toBe('')
  })

  it('has a client with types for browsers', async () => {
    const options = { module: 'esnext', moduleResolution: 'bundler', lib: ['es2023', 'dom'], types: [] }
    expect(await compile('tsconfig.browser.json', options)).toBe('')
  })

  it('lets the entry for Node read and write cursor files, and that for browsers not', async () => {
    await writeFile(join(installed.dir, 'files.mjs'), "export { fileCursors } from 'maestro-server/client'\n")
    const bundle = (platform: 'node' | 'browser') =>
      build({
        ...{ absWorkingDir: installed.dir, entryPoints: ['files.mjs'], bundle: true, write: false, logLevel: 'silent' },
        ...{ platform, format: 'esm' },
      })
    await expect(bundle('node')).resolves.toMatchObject({ errors: [] })
    await expect(bundle('browser')).rejects.toThrow('No matching export')
  })

  it('is bundled for browsers without anything of Node, and works there', async () => {
    await writeFile(join(installed.dir, 'page.mjs'), "export * from 'maestro-server/client'\n")
    const { outputFiles, metafile } = await build({
      ...{ absWorkingDir: installed.dir, entryPoints: ['page.mjs'], bundle: true, write: false, metafile: true },
      ...{ platform: 'browser', format: 'esm', logLevel: 'silent' },
    })
    expect(
      Object.keys(metafile.inputs).filter((name) =>
        /node_modules\/(?:ws|jsondiffpatch)\/|client\/node\/|platform\//.test(name),
      ),
    ).toEqual([])
    await writeFile(join(installed.dir, 'bundle.mjs'), outputFiles[0]?.text ?? '')
    const project = await make.project()
    await writeFile(
      join(installed.dir, 'use.mjs'),
      `import { createClient, unwrap } from './bundle.mjs'
       const client = createClient({ url: '${server.url}' })
       console.log(unwrap(await client.getProject({ id: '${project.id}' })).name)`,
    )
    const { stdout } = await run(process.execPath, ['use.mjs'], { cwd: installed.dir })
    expect(stdout.trim()).toBe(project.name)
  })

  it('opens nothing else of itself to others', async () => {
    await writeFile(join(installed.dir, 'inside.mjs'), "import 'maestro-server/dist/src/client/client.js'\n")
    await expect(run(process.execPath, ['inside.mjs'], { cwd: installed.dir })).rejects.toThrow(
      'ERR_PACKAGE_PATH_NOT_EXPORTED',
    )
  })
})

describe('the example', () => {
  it('prints what has happened in a project, and then what happens', async () => {
    const project = await make.project()
    await cp(join(root, 'examples', 'follow.mjs'), join(installed.dir, 'follow.mjs'))
    const child = spawn(process.execPath, ['follow.mjs', server.url, project.id], {
      cwd: installed.dir,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    const exited = once(child, 'exit')
    const printed: string[] = []
    for await (const line of createInterface({ input: child.stdout })) {
      printed.push(line)
      if (line.startsWith('--- that is all')) await make.task(project.id)
      if (line.includes('task:created')) child.kill('SIGINT')
    }
    expect(await exited).toEqual([0, null])
    expect(printed).toEqual([
      `--- connecting to ${server.url}`,
      expect.stringMatching(new RegExp(`^${project.id} 0 \\d{4}-.*Z project:created$`)),
      '--- that is all so far; what comes now is live',
      expect.stringMatching(new RegExp(`^${project.id} 1 .* task:created$`)),
    ])
  })

  it('says what is wrong when there is nothing to follow', async () => {
    await cp(join(root, 'examples', 'follow.mjs'), join(installed.dir, 'follow.mjs'))
    const child = run(process.execPath, ['follow.mjs', server.url, 'proj_missing'], { cwd: installed.dir })
    await expect(child).rejects.toMatchObject({ code: 1, stderr: 'PROJECT_NOT_FOUND: Project not found\n' })
  })
})
