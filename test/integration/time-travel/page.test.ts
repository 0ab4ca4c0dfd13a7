import { expect, it, onTestFinished } from 'vitest'
import { shellBlocks } from '../../support/doc-blocks.ts'
import { runAsWritten } from '../../support/run-as-written.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { startServerProcess } from '../../support/server-process.ts'

it('the page about the past shows commands that work as they are written', async () => {
  const dataDir = await scratchDirectory()
  const server = await startServerProcess({ dataDir })
  onTestFinished(async () => {
    await server.stop()
  })
  const output = await runAsWritten(await shellBlocks('docs/HISTORY.md'), server.url, dataDir)
  expect(output).not.toContain('"error"')
  for (const part of [
    '"head":4,"records":[{"v":1,"offset":0,',
    '"head":4,"hash":"',
    'event: task:timeline_added\ndata: {"v":1,"offset":2,',
    '"stateHash":"',
    '"change":"changed","patch":[{"op":"add","path":"/timeline/1"',
    '"actor":{"kind":"user","id":"ada"},"type":"task:updated"',
    '"counts":{"lifecycle":0,"unattended_task":1',
  ]) {
    expect(output).toContain(part)
  }
})
