import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { apiOf } from '../support/api.ts'
import { makerOf } from '../support/entities.ts'
import { installedPackage } from '../support/installed-package.ts'
import { loadedModules, modulesIn } from '../support/loaded-modules.ts'
import { startMaestro } from '../support/maestro-process.ts'
import { scratchDirectory } from '../support/scratch.ts'
import { runMaestro, startServerProcess } from '../support/server-process.ts'

const installed = installedPackage()
const Description = z.object({ version: z.string(), bin: z.object({ maestro: z.string() }) })

/** What the installed package says of itself, and its program with a data directory of its own. */
const installation = async () => {
  const folder = join(installed.dir, 'node_modules', 'maestro-server')
  const { version, bin } = Description.parse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')))
  return { version, options: { dataDir: await scratchDirectory(), program: join(folder, bin.maestro) } }
}

describe('the program, where the package is installed,', () => {
  it('says the version of the package', async () => {
    const { version, options } = await installation()
    expect(await runMaestro(['--version'], options)).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' })
  })

  it('serves the API with skills, its documents, the reference page and metrics', async () => {
    const { version, options } = await installation()
    const skill = join(options.dataDir, 'skills', 'review')
    await mkdir(skill, { recursive: true })
    await writeFile(join(skill, 'SKILL.md'), '---\ndescription: Reads changes.\n---\n')
    const server = await startServerProcess({ ...options, env: { SKILLS_DIR: dirname(skill) } })
    onTestFinished(async () => {
      await server.kill()
    })
    const parts = [
      ['/health', '"status":"ok"'],
      ['/api/skills', '"description":"Reads changes."'],
      ['/openapi.json', `"version": "${version}"`],
      ['/asyncapi.json', '"asyncapi": "3.'],
      ['/docs', 'swagger-ui-bundle.js'],
      ['/docs/swagger-ui-bundle.js', 'SwaggerUIBundle'],
      ['/docs/swagger-ui.css', '.swagger-ui'],
      ['/metrics', 'process_resident_memory_bytes'],
    ] as const
    for (const [path, part] of parts) {
      const answer = await fetch(`${server.url}${path}`)
      expect(answer.status, path).toBe(200)
      expect((await answer.text()).includes(part), `${path} has ${part}`).toBe(true)
    }
  })

  it('exports a history as a page', async () => {
    const { options } = await installation()
    const server = await startServerProcess(options)
    const { id } = await makerOf(apiOf(server.url)).project()
    await server.stop()
    const { code, stdout, stderr } = await runMaestro(['log', 'export', id, '--format', 'html'], options)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.startsWith('<!doctype html>\n') && stdout.endsWith('</html>\n')).toBe(true)
    expect(stdout).toContain('/*!\nzod\n')
  })
})

describe('the program', () => {
  it('logs for people, with what it loads for that alone', async () => {
    const maestro = startMaestro(['serve', '--log-format', 'pretty'], await scratchDirectory())
    expect(await maestro.next()).toMatch(/INFO.*listening on http/)
  })

  it('of a server loads nothing of commands, documents, metrics, YAML and pretty logs until it is asked for', async () => {
    const modules = await loadedModules(async (options) => {
      const server = await startServerProcess(options)
      await fetch(`${server.url}/health`)
      await server.stop()
    })
    expect(modules).toEqual(expect.arrayContaining(['src/main.ts', 'src/compose.ts']))
    const ours = ['tools/', 'src/api-docs/openapi.ts', 'src/api-docs/asyncapi.ts', 'src/metrics/registry.ts']
    const packages = ['yaml', 'pino-pretty', 'prom-client', 'csv-stringify', '@marcbachmann'].map(inPackage)
    expect(modules.filter((path) => [...ours, ...packages].some((part) => path.startsWith(part)))).toEqual([])
  })

  it('of a command loads nothing of the server', async () => {
    const modules = await loadedModules((options) => runMaestro(['log', 'list', '--help'], options))
    expect(modules).toEqual(expect.arrayContaining(['src/main.ts', 'tools/log-commands.ts']))
    const server = ['src/compose.ts', 'src/http/', 'src/ws/feed/', inPackage('express')]
    expect(modules.filter((path) => server.some((part) => path.startsWith(part)))).toEqual([])
  })

  it('comes with the licence of every package that is in it', async () => {
    const folder = join(inject('build'), 'program')
    const files = (await readdir(folder)).filter((name) => name.endsWith('.js'))
    const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')))
    const names = texts
      .flatMap(modulesIn)
      .flatMap((path) => /^.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [])
    expect(names).toEqual(expect.arrayContaining(['express', 'ipaddr.js', '@marcbachmann/cel-js']))
    const licences = (await readFile(join(folder, 'LICENSES.txt'), 'utf8')).split(/^-{80}$/m).slice(1)
    const licensed = licences.map((text) => /^\n\n(\S+) \d+\.\d+\.\d+\S*, \S+\n\n\S/.exec(text)?.[1])
    expect(names.filter((name) => !licensed.includes(name))).toEqual([])
  })
})

const inPackage = (name: string): string => `node_modules/${name}/`
