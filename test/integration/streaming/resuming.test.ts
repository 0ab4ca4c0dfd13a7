import { cp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { apiOf } from '../../support/api.ts'
import { makerOf } from '../../support/entities.ts'
import { listenTo } from '../../support/listener.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { type ServerProcess, startServerProcess } from '../../support/server-process.ts'
import { type StreamClient, streamClient } from '../../support/stream-server.ts'

/** A server that can be killed and started again, also on an older copy of its data. */
const startServer = async () => {
  const dataDir = join(await scratchDirectory(), 'data')
  let process: ServerProcess = await startServerProcess({ dataDir })
  onTestFinished(async () => {
    await process.kill()
  })
  const connect = async (path: string): Promise<StreamClient> => {
    const listener = await listenTo(`${process.url}${path}`)
    onTestFinished(() => listener.socket.terminate())
    return streamClient(listener)
  }
  return {
    dataDir,
    connect,
    make: () => makerOf(apiOf(process.url)),
    kill: () => process.kill(),
    start: async () => {
      process = await startServerProcess({ dataDir })
    },
  }
}

/** What a client keeps that knows nothing but the page about the protocol: the last cursor it can make of each project. */
class Notebook {
  readonly cursors: Record<string, string> = {}
  readonly offsets: number[] = []

  read({ frames }: StreamClient): void {
    for (const frame of frames) {
      const { projectId, offset, hash, part, parts, cursors } = frame
      if (offset !== undefined && part === parts) {
        this.offsets.push(Number(offset))
        this.cursors[String(projectId)] = `${Number(offset) + 1}:${String(hash)}`
      }
      Object.assign(this.cursors, cursors)
    }
  }
}

describe('a client that knows only the protocol', () => {
  it('goes on with the next record after the server was killed', async () => {
    const server = await startServer()
    const { id } = await server.make().project()
    const notebook = new Notebook()
    for (let life = 0; life < 3; life += 1) {
      const client = await server.connect('/')
      client.say({ type: 'subscribe', projectId: '*', cursors: notebook.cursors, else: 'start' })
      const head = notebook.offsets.length
      const tasks = [await server.make().task(id), await server.make().task(id)]
      await client.until(({ data }) => Object(data).id === tasks[1]?.id)
      await server.kill()
      notebook.read(client)
      expect(notebook.offsets.slice(head)).not.toEqual([])
      // What happens while it is away is not lost.
      await server.start()
      await server.make().session(id, { taskIds: [tasks[0]?.id] })
    }
    const client = await server.connect('/')
    client.say({ type: 'subscribe', projectId: '*', cursors: notebook.cursors, else: 'start' })
    await client.upTo('caught_up')
    notebook.read(client)
    expect(notebook.offsets).toEqual(Array.from({ length: 10 }, (_, i) => i))
  })

  it('is told when its project was restored from an older copy, also when it has grown past the cursor again', async () => {
    const server = await startServer()
    const { id } = await server.make().project()
    await server.make().task(id)
    await server.kill()
    const copy = `${server.dataDir}-copy`
    await cp(server.dataDir, copy, { recursive: true })

    await server.start()
    for (let i = 0; i < 3; i += 1) await server.make().task(id)
    const client = await server.connect(`/?projectId=${id}`)
    const frames = await client.upTo('caught_up')
    const cursor = Object(frames.at(-1)?.cursors)[id]
    await server.kill()
    await rm(server.dataDir, { recursive: true })
    await cp(copy, server.dataDir, { recursive: true })

    await server.start()
    const early = await server.connect(`/?projectId=${id}&from=${cursor}`)
    expect(await early.upTo('error')).toMatchObject([{ code: 'OFFSET_AHEAD', projectId: id }])
    for (let i = 0; i < 5; i += 1) await server.make().task(id)
    const late = await server.connect('/')
    late.say({ type: 'subscribe', projectId: '*', cursors: { [id]: cursor } })
    expect(await late.upTo('error')).toMatchObject([{ code: 'HISTORY_DIVERGED', projectId: id }])
    // Without the hash nobody could know.
    late.say({ type: 'subscribe', projectId: id, from: Number(cursor.split(':')[0]) })
    await late.upTo('subscribed')
  })
})

describe('records', () => {
  it('are the bytes of the file, live and after a restart', async () => {
    const server = await startServer()
    const { id } = await server.make().project()
    const client = await server.connect(`/?projectId=${id}&view=records`)
    await client.upTo('caught_up')
    for (let i = 0; i < 5; i += 1) await server.make().task(id, { title: `Äpfel\u2028 ${i} \u{1f600}` })
    await client.until(({ next }) => next === 6)
    const file = await readFile(join(server.dataDir, 'log', id, '00000000000000000000.jsonl'), 'utf8')
    expect(`${client.frames.flatMap(({ lines }) => lines ?? []).join('\n')}\n`).toBe(file)
    await server.kill()
    await server.start()
    const again = await server.connect(`/?projectId=${id}&view=records`)
    await again.upTo('caught_up')
    expect(`${again.frames.flatMap(({ lines }) => lines ?? []).join('\n')}\n`).toBe(file)
  })
})
