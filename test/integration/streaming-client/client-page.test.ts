import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { installedPackage } from '../../support/installed-package.ts'
import { sharedServer } from '../../support/shared-server.ts'

const installed = installedPackage()
const server = sharedServer()
const page = new URL('../../../docs/CLIENT.md', import.meta.url)

describe('the page about the client', () => {
  it('shows code that works as it is written, one piece after the other', async () => {
    const text = await readFile(page, 'utf8')
    const pieces = [...text.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code = '']) => code)
    const program = pieces.join('\n').replaceAll('http://127.0.0.1:3000', server.url)
    await writeFile(join(installed.dir, 'page.mjs'), program)
    const { stdout } = await promisify(execFile)(process.execPath, ['page.mjs'], { cwd: installed.dir })
    expect(stdout.trimEnd().split('\n')).toEqual([
      '201 Land 1',
      'TASK_NOT_FOUND 404',
      'true VERSION_CONFLICT',
      'pending completed',
      ...['0 project:created', '1 task:created', '2 task:updated', '3 task:updated'],
      ...['0 project:created me', '1 task:created me', '2 task:updated me', '3 task:timeline_added me'],
      'first run: events',
      'second run: nothing new',
      '[]',
      "task:created [ 'task' ]",
      "[ 'Take off' ] live",
    ])
  })
})
