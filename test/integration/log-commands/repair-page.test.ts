import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { ProjectId } from '../../../events/index.ts'
import { projectDirectory, segmentName } from '../../../src/log/format.ts'
import { apiOf } from '../../support/api.ts'
import { endsIn, runAsWritten } from '../../support/as-written.ts'
import { shellBlocks } from '../../support/doc-blocks.ts'
import { makerOf } from '../../support/entities.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { startServerProcess } from '../../support/server-process.ts'

/** A project of fifteen records, the thirteenth of which is damaged. */
const damagedProject = async (dataDir: string): Promise<{ id: ProjectId; segment: string; text: string }> => {
  const server = await startServerProcess({ dataDir })
  onTestFinished(async () => {
    await server.kill()
  })
  const make = makerOf(apiOf(server.url))
  const { id } = await make.project()
  for (let i = 1; i < 15; i += 1) await make.task(id, { title: `Task number ${i}.` })
  await server.kill()
  const segment = join(projectDirectory(dataDir, id), segmentName(0))
  const text = (await readFile(segment, 'utf8')).replace('number 12.', 'number 13.')
  await writeFile(segment, text)
  return { id, segment, text }
}

it('the page on repair shows commands that work as they are written', async () => {
  const dataDir = join(await scratchDirectory(), 'data')
  await mkdir(dataDir)
  const { id, segment, text } = await damagedProject(dataDir)
  const [health = '', ...blocks] = await shellBlocks('docs/REPAIR.md')

  const server = await startServerProcess({ dataDir })
  onTestFinished(async () => {
    await server.kill()
  })
  expect(await runAsWritten(health, { dataDir, url: server.url })).toContain('"status":"degraded"')
  await server.stop()

  const output = await runAsWritten(blocks.join(''), { dataDir, url: server.url })
  expect(endsIn(output)).toEqual([
    'maestro log verify: 8',
    `cp -a ${dataDir}: 0`,
    'PROJECT=(maestro log verify: 0',
    'maestro log repair: 8',
    'maestro log repair: 0',
    'maestro log verify: 0',
    `LOG=${dataDir}/log/PROJECT: 0`,
    'cat LOG/quarantine/00000000000000000000-at-12.jsonl >>: 0',
  ])
  expect(output).toContain(`Nothing has been changed. To do it: maestro log repair ${id} --yes`)
  expect(output).toContain('Remains: 12 records')
  expect(await readFile(segment, 'utf8')).toBe(text)
})
