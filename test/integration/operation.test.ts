import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Answer, apiOf, type Call, idOf } from '../support/api.ts'
import { idsIn, makerOf, readerOf } from '../support/entities.ts'
import { entityWhen } from '../support/files.ts'
import { type Listener, listenTo } from '../support/listener.ts'
import { scratchDirectory } from '../support/scratch.ts'
import { runMaestro, type ServerProcess, startServerProcess } from '../support/server-process.ts'

/** A server for one test. It is gone when the test is, however that ends. */
const startIn = async (dataDir: string, env: Readonly<Record<string, string>> = {}): Promise<ServerProcess> => {
  const server = await startServerProcess({ dataDir, env })
  onTestFinished(async () => {
    await server.kill()
  })
  return server
}

const listen = async ({ url }: ServerProcess): Promise<Listener> => listenTo(url)

/** A write of which the server has everything but the body: it has said that it wants that. */
const beginWrite = async ({ url }: ServerProcess, path: string, body: string): Promise<ClientRequest> => {
  const outgoing = request(`${url}${path}`, {
    method: 'POST',
    agent: new Agent({ keepAlive: true }),
    headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body), Expect: '100-continue' },
  })
  outgoing.flushHeaders()
  await once(outgoing, 'continue')
  return outgoing
}

const isShuttingDown = ({ msg }: { readonly msg: string }): boolean => msg === 'shutting down'

describe('starting', () => {
  it('on a port that is in use says so, and what to do, and ends with 1', async () => {
    const first = await startIn(await scratchDirectory())
    const { port } = new URL(first.url)
    const { code, stdout, stderr } = await runMaestro(['serve', '--port', port], { dataDir: await scratchDirectory() })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain(`Port ${port} on 127.0.0.1 is in use`)
    expect(stderr).toMatch(/PORT or --port/)
    expect((await apiOf(first.url)('GET', '/health')).status).toBe(200)
  })

  it('over a directory that another server has names that server, and ends with 1', async () => {
    const dataDir = await scratchDirectory()
    const first = await startIn(dataDir)
    const { code, stdout, stderr } = await runMaestro(['serve'], { dataDir })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain(`The data directory ${dataDir} is in use by process ${first.pid}`)
    expect(stderr).toContain(`listens on ${first.url}`)
    expect(stderr).toContain('DATA_DIR')
    expect((await apiOf(first.url)('POST', '/api/projects', { body: { name: 'A' } })).status).toBe(201)
  })

  it('over a directory whose server was killed just works', async () => {
    const dataDir = await scratchDirectory()
    await (await startIn(dataDir)).kill()
    expect((await apiOf((await startIn(dataDir)).url)('GET', '/health')).status).toBe(200)
  })

  it('says where it listens, and with DEBUG=1 more', async () => {
    const server = await startIn(await scratchDirectory(), { DEBUG: '1' })
    expect(server.logs.map(({ level }) => level)).toContain('debug')
    expect(server.logs.at(-1)?.msg).toBe(`listening on ${server.url}`)
    const quiet = await startIn(await scratchDirectory())
    expect(quiet.logs.map(({ level }) => level)).toEqual(['info'])
  })
})

describe.each(['SIGTERM', 'SIGINT'] as const)('%s', (signal) => {
  it('ends with 0, tells WebSocket clients to come back, and leaves every entity in its file', async () => {
    const dataDir = await scratchDirectory()
    const server = await startIn(dataDir)
    const make = makerOf(apiOf(server.url))
    const listener = await listen(server)
    const project = await make.project()
    const task = await make.task(project.id)
    const session = await make.session(project.id, { taskIds: [task.id] })
    const shown = await readerOf(apiOf(server.url)).task(task.id)

    expect(await server.stop(signal)).toEqual({ code: 0, signal: null })
    expect(await listener.closed).toEqual({ code: 1001, reason: 'server is going away' })
    expect(listener.frames.at(-1)).toMatchObject({ type: 'task:session_added' })
    expect(server.logs.slice(-2).map(({ msg }) => msg)).toEqual(['shutting down', 'stopped'])
    for (const [path, entity] of [
      [`projects/${project.id}.json`, project],
      [`tasks/${project.id}/${task.id}.json`, shown],
      [`sessions/${session.id}.json`, session],
    ] as const) {
      expect(JSON.parse(await readFile(join(dataDir, path), 'utf8'))).toEqual(entity)
    }
  })

  it('is not held up by connections that are kept alive', async () => {
    const server = await startIn(await scratchDirectory())
    const agent = new Agent({ keepAlive: true })
    onTestFinished(() => agent.destroy())
    const outgoing = request(`${server.url}/health`, { agent }).end()
    const [answer]: [IncomingMessage] = await once(outgoing, 'response').then(([message]) => [message])
    await text(answer)
    const [socket] = Object.values(agent.freeSockets).flat()
    if (socket === undefined) throw new Error('the connection was not kept alive')
    const ended = once(socket, 'close')

    expect(await server.stop(signal)).toEqual({ code: 0, signal: null })
    await ended
    const [began, stopped] = server.logs.slice(-2).map(({ time }) => Number(time))
    // Requests in flight would be waited for up to ten seconds.
    expect(Number(stopped) - Number(began)).toBeLessThan(5_000)
  })

  it('waits for a write that has begun, answers it, and keeps it', async () => {
    const dataDir = await scratchDirectory()
    const server = await startIn(dataDir)
    const body = '{"name":"Just in time"}'
    const outgoing = await beginWrite(server, '/api/projects', body)
    const exit = server.stop(signal)
    await server.logged(isShuttingDown)
    outgoing.end(body)
    const [answer]: [IncomingMessage] = await once(outgoing, 'response').then(([message]) => [message])
    expect(answer.statusCode).toBe(201)
    expect(answer.headers.connection).toBe('close')
    const project: unknown = JSON.parse(await text(answer))
    expect(await exit).toEqual({ code: 0, signal: null })

    const { body: projects } = await apiOf((await startIn(dataDir)).url)('GET', '/api/projects')
    expect(projects).toEqual([project])
  })

  it('a second time ends it at once', async () => {
    const server = await startIn(await scratchDirectory())
    const outgoing = await beginWrite(server, '/api/projects', '{"name":"Too late"}')
    const failed = once(outgoing, 'error')
    const exit = server.stop(signal)
    await server.logged(isShuttingDown)
    void server.stop(signal)
    expect(await exit).toEqual({ code: 130, signal: null })
    await failed
  })
})

/** Writes from several clients at once until the server is gone; answers what it acknowledged. */
const writeUntilGone = async (call: Call, projectId: string, onAnswer: (count: number) => void): Promise<Answer[]> => {
  const acknowledged: Answer[] = []
  const lane = async (name: number): Promise<void> => {
    for (let i = 0; ; i += 1) {
      const answer = await call('POST', '/api/tasks', { body: { projectId, title: `Task ${name}.${i}` } }).catch(
        () => {},
      )
      if (answer?.status !== 201) return
      onAnswer(acknowledged.push(answer))
    }
  }
  await Promise.all(Array.from({ length: 8 }, (_, name) => lane(name)))
  return acknowledged
}

describe('what was acknowledged', () => {
  it.each(['kill', 'stop'] as const)(
    'is there after a restart, when the server ended under load by %s',
    async (how) => {
      const dataDir = await scratchDirectory()
      const server = await startIn(dataDir)
      const call = apiOf(server.url)
      const { id: projectId } = await makerOf(call).project()
      const acknowledged = await writeUntilGone(call, projectId, (count) => {
        if (count === 200) void server[how]()
      })
      await server.exited
      expect(acknowledged.length).toBeGreaterThanOrEqual(200)

      const again = apiOf((await startIn(dataDir)).url)
      const kept = idsIn(await again('GET', `/api/tasks?projectId=${projectId}`))
      // A power cut may leave more than was acknowledged. A server that was told to end leaves nobody in doubt.
      if (how === 'stop') expect(kept).toHaveLength(acknowledged.length)
      for (const answer of acknowledged) {
        const now = await again('GET', `/api/tasks/${idOf(answer)}`)
        expect([now.text, now.headers.get('etag')]).toEqual([answer.text, answer.headers.get('etag')])
      }
    },
  )

  it('is what frames tell: one that was received is there after a power cut', async () => {
    const dataDir = await scratchDirectory()
    const server = await startIn(dataDir)
    const listener = await listen(server)
    const answered = apiOf(server.url)('POST', '/api/projects', { body: { name: 'A' } }).catch(() => {})
    const [frame] = await listener.received(1)
    await server.kill()
    await answered
    const { body } = await apiOf((await startIn(dataDir)).url)('GET', '/api/projects')
    expect(body).toEqual([frame?.data])
  })

  it('gets its entity files after the restart, if a power cut came before', async () => {
    const dataDir = await scratchDirectory()
    const server = await startIn(dataDir)
    const project = await makerOf(apiOf(server.url)).project()
    await server.kill()
    await startIn(dataDir)
    expect(await entityWhen(join(dataDir, `projects/${project.id}.json`))).toEqual(project)
  })
})

/** One of everything, in an order in which it matters what came first. */
const live = async (call: Call): Promise<string[]> => {
  const make = makerOf(call)
  const patch = (path: string, body: object) => call('PATCH', path, { body })
  const project = await make.project({ name: 'Zweiter „Ölfilter“ \u2028 🛠', lifecycle: 'strict' })
  const other = await make.project({ workingDir: '/srv' })
  const root = await make.task(project.id, { skillIds: ['b', 'a'] })
  const child = await make.task(project.id, { parentId: root.id, dependencies: [root.id] })
  const gone = await make.task(project.id, { parentId: root.id })
  const one = await make.session(project.id, { taskIds: [child.id, root.id], env: { Z: '1', A: '2' } })
  const two = await make.session(project.id, { metadata: { z: [1, { b: 1, a: 2 }], a: -0.5e-7 }, taskIds: [gone.id] })
  const subtask = await make.subtask(child.id, { order: 3 })
  await make.subtask(child.id)
  await patch(`/api/sessions/${two.id}`, {
    taskIds: [root.id, gone.id, child.id],
    metadata: { m: null, z: null, b: {} },
  })
  await patch(`/api/tasks/${root.id}`, {
    sessionIds: [two.id, one.id],
    status: 'in_progress',
    timeline: [{ message: 'A' }],
  })
  await patch(`/api/tasks/${root.id}`, { status: 'completed', agentIds: ['x'] })
  await patch(`/api/tasks/${child.id}/subtasks/${subtask.id}`, { completed: true })
  await patch(`/api/sessions/${one.id}`, {
    env: { Z: null, B: '3' },
    events: [{ type: 'tick', data: { b: 1, a: [] } }],
  })
  await call('POST', `/api/sessions/${one.id}/timeline`, { body: { message: 'Halfway', taskId: child.id } })
  const spawn = await call('POST', '/api/sessions/spawn', {
    body: { projectId: project.id, taskIds: [child.id, root.id] },
  })
  await call('DELETE', `/api/tasks/${gone.id}?cascade=true`)
  await call('DELETE', `/api/sessions/${one.id}/tasks/${root.id}`)
  await call('PUT', `/api/projects/${other.id}`, { body: { description: 'Kept' } })
  await call('DELETE', `/api/projects/${(await make.project()).id}`)
  return [
    ...['/api/projects', '/api/tasks', '/api/sessions', '/api/sessions?active=true', '/api/tasks?status=completed'],
    ...[project, other].flatMap(({ id }) => [`/api/projects/${id}`, `/api/tasks?projectId=${id}`]),
    ...[root, child, gone].flatMap(({ id }) => ['', '/children', '/subtasks'].map((of) => `/api/tasks/${id}${of}`)),
    ...[one, two].flatMap(({ id }) => [`/api/sessions/${id}`, `/api/tasks?sessionId=${id}`]),
    String(spawn.headers.get('location')),
  ]
}

it.each([
  { how: 'kill', source: 'the log', snapshots: 0 },
  { how: 'stop', source: 'snapshots', snapshots: 3 },
] as const)('a restart gives the same answers, byte for byte, after $how from $source', async ({ how, snapshots }) => {
  const dataDir = await scratchDirectory()
  const server = await startIn(dataDir)
  const paths = await live(apiOf(server.url))
  const answers = (call: Call) =>
    Promise.all(
      paths.map(async (path) => {
        const { status, headers, text: body } = await call('GET', path)
        return { path, status, etag: headers.get('etag'), body }
      }),
    )
  const before = await answers(apiOf(server.url))
  await server[how]()
  const files = await readdir(join(dataDir, 'log'), { recursive: true })
  expect(files.filter((name) => name.includes('snapshot'))).toHaveLength(snapshots)
  expect(await answers(apiOf((await startIn(dataDir)).url))).toEqual(before)
})
