import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { apiDocuments } from '../../../src/api-docs/documents.ts'
import { swaggerUiIn, version } from '../../../src/package.ts'
import { nodeFileSystem } from '../../../src/platform/node-file-system.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))

describe('Swagger UI', () => {
  it('is copied into a build with its licence, and without what only its developers need', async () => {
    expect((await readdir(join(inject('build'), 'swagger-ui'))).sort()).toEqual([
      'LICENSE',
      'NOTICE',
      'favicon-32x32.png',
      'swagger-ui-bundle.js',
      'swagger-ui-bundle.js.LICENSE.txt',
      'swagger-ui.css',
    ])
  })

  it('is found by sources where it is installed', async () => {
    const css = await swaggerUiIn(nodeFileSystem)('swagger-ui.css')
    expect(new TextDecoder().decode(css)).toContain('.swagger-ui')
  })

  it('where it is missing, the page says so and what to do', async () => {
    const missing = Object.assign(new Error('ENOENT: no such file or directory'), { code: 'ENOENT' })
    const swaggerUi = swaggerUiIn({ readFile: () => Promise.reject(missing) })
    const page = apiDocuments({ operations: [], version, swaggerUi }).find(({ path }) => path === '/docs')
    await expect(page?.read()).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('npm run build'),
    })
  })

  it('comes with a package that reports installations, which reports none of ours', async () => {
    const heard: string[] = []
    const host = createServer((req, res) => {
      heard.push(String(req.url))
      res.end()
    }).listen(0, 'localhost')
    onTestFinished(() => {
      host.close()
    })
    await once(host, 'listening')
    const address = host.address()
    if (address === null || typeof address === 'string') throw new Error('the host has no TCP address')
    const { PATH, HOME } = process.env
    // The script that an installation runs, in its own words about what it does, with a host of ours in place of its own.
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['report.js'], {
      cwd: join(root, 'node_modules', '@scarf', 'scarf'),
      env: { PATH, HOME, INIT_CWD: root, SCARF_VERBOSE: 'true', SCARF_LOCAL_PORT: String(address.port) },
    })
    expect(heard).toEqual([])
    // It gives up as well when npm takes more than three seconds to answer it.
    expect(stdout + stderr).toMatch(/Scarf has been disabled via a package\.json|Scarf received an error from npm/)
  })
})
