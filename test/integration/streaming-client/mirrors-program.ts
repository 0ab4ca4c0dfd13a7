/**
 * A program with many mirrors of a server, each a client of its own. It is told what to do, and tells how it goes, by lines of
 * JSON: where the server is now, and up to which record to wait; that all are live, and what each has in the end.
 */
import { argv, stdin, stdout } from 'node:process'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { createClient } from '../../../src/client/node/index.ts'

const Told = z.union([z.object({ url: z.string() }), z.object({ projectId: z.string(), offset: z.int() })])

const [, , count = '1', first = ''] = argv
let url = first
const tell = (news: object): unknown => stdout.write(`${JSON.stringify(news)}\n`)

const mirrors = Array.from({ length: Number(count) }, () =>
  createClient({ url: () => url }).mirror({ backoff: { base: 20, cap: 200 } }),
)
let reconnections = 0
for (const mirror of mirrors) {
  mirror.subscribe((event) => {
    if (event.kind === 'status' && event.status.kind === 'live') reconnections += 1
  })
}
void Promise.all(mirrors.map((mirror) => mirror.live())).then(() => {
  reconnections = 0
  tell({ live: mirrors.length })
})

for await (const line of createInterface({ input: stdin })) {
  const told = Told.parse(JSON.parse(line))
  if ('url' in told) {
    url = told.url
    continue
  }
  const { projectId, offset } = told
  await Promise.all(mirrors.map((mirror) => mirror.reached(projectId, offset)))
  const ends = mirrors.map((mirror) => ({ ...mirror.positionOf(projectId), stateHash: mirror.stateHashOf(projectId) }))
  tell({ ends, reconnections })
  await Promise.all(mirrors.map((mirror) => mirror.close()))
}
