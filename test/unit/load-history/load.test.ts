import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Session, Task } from '../../../events/index.ts'
import { AppError } from '../../../src/errors.ts'
import type { Change } from '../../../tools/load-history/history/change.ts'
import { type Acknowledged, type Loaded, loadHistory } from '../../../tools/load-history/load.ts'
import { Mapping } from '../../../tools/load-history/mapping/mapping.ts'
import type { Action } from '../../../tools/load-history/mapping/step.ts'
import type { Receipt, Send } from '../../../tools/load-history/sending/api.ts'
import { requestOf } from '../../../tools/load-history/sending/request.ts'
import { MemoryServer } from '../../support/memory-server.ts'
import { blockedBy, childOf, created, deleted, entriesFor, histories, updated } from '../../support/source-changes.ts'
import { projectId } from '../../support/vocabulary.ts'

const load = (changes: readonly Change[], send: Send, writers = 4): Promise<Loaded> =>
  loadHistory({ entries: entriesFor(changes), send, projectId, writers })

/** All tasks and sessions of a server, by what the history calls them, without the ids and times that differ from run to run. */
const outcomeOf = ({ state }: MemoryServer, journal: readonly Acknowledged[]) => {
  const names = new Map(journal.flatMap(({ action, receipt }) => namesIn(action, receipt)))
  const named = (ids: readonly string[]) => ids.map((id) => names.get(id))
  const task = ({ id, parentId, title, description, status, priority, dependencies, sessionIds, timeline }: Task) => ({
    ...{ name: names.get(id), title, description, status, priority },
    parent: parentId && names.get(parentId),
    dependencies: named(dependencies),
    sessions: named(sessionIds),
    timeline: timeline.map(({ type, message, sessionId }) => ({ type, message, session: names.get(sessionId ?? '') })),
  })
  const session = ({ id, name, taskIds }: Session) => ({ id: names.get(id), name, tasks: named(taskIds) })
  const tasks = [...state.task.rows()].map(({ entity }) => task(entity))
  const sessions = [...state.session.rows()].map(({ entity }) => session(entity))
  return { tasks: tasks.sort(byText), sessions: sessions.sort(byText) }
}

const namesIn = (action: Action, { id = '' }: Receipt): Array<readonly [string, string]> => {
  if (action.kind === 'create-task') return [[id, action.task]]
  return action.kind === 'create-session' ? [[id, action.session]] : []
}

const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)

/** One request after the other, in the order of the history: what everything else is measured by. */
const sequentially = async (changes: readonly Change[]) => {
  const server = new MemoryServer()
  const mapping = new Mapping()
  const ids = new Map<string, string>()
  const journal: Acknowledged[] = []
  for await (const entry of entriesFor(changes)) {
    const mapped = mapping.next(entry)
    for (const { key, action } of mapped.kind === 'steps' ? mapped.steps : []) {
      const request = requestOf(action, { projectId, idOf: (handle) => ids.get(handle) ?? 'unknown' })
      const receipt = await server.send(request, key)
      for (const [id, handle] of namesIn(action, receipt)) ids.set(handle, id)
      journal.push({ key, action, request, receipt })
    }
  }
  return { server, journal, outcome: outcomeOf(server, journal) }
}

const tasksOf = (action: Action): readonly string[] =>
  action.kind === 'create-session' ? [] : action.kind === 'delete-task' ? action.gone : [action.task]

describe('loading any history', () => {
  it('makes no request that the rules refuse or that changes nothing, and one record for each', async () => {
    await fc.assert(
      fc.asyncProperty(histories(30), async (changes) => {
        const { server, journal } = await sequentially(changes)
        expect(server.events.length).toBe(journal.length + 1)
      }),
    )
  })

  it('with any number of writers, in whatever order answers come, ends as one after the other', async () => {
    await fc.assert(
      fc.asyncProperty(histories(30), fc.scheduler(), fc.integer({ min: 1, max: 16 }), async (changes, s, writers) => {
        const server = new MemoryServer()
        const send: Send = async (request, key) => {
          await s.schedule(Promise.resolve(), `arrives: ${key}`)
          const receipt = await server.send(request, key)
          await s.schedule(Promise.resolve(), `answered: ${key}`)
          return receipt
        }
        const loaded = await s.waitFor(load(changes, send, writers))
        expect(outcomeOf(server, loaded.journal)).toEqual((await sequentially(changes)).outcome)
      }),
    )
  })

  it('never reorders what happens to one task', async () => {
    await fc.assert(
      fc.asyncProperty(histories(30), fc.scheduler(), async (changes, s) => {
        const server = new MemoryServer()
        const send: Send = async (request, key) => {
          await s.schedule(Promise.resolve())
          return server.send(request, key)
        }
        const { journal } = await s.waitFor(load(changes, send, 16))
        const planned = (await sequentially(changes)).journal
        const keysByTask = (list: readonly Acknowledged[]) => {
          const keys: Record<string, string[]> = {}
          for (const { key, action } of list)
            for (const task of tasksOf(action)) keys[task] = [...(keys[task] ?? []), key]
          return keys
        }
        expect(keysByTask(journal)).toEqual(keysByTask(planned))
      }),
    )
  })

  it('applies nothing twice when it is broken off anywhere and repeated', async () => {
    await fc.assert(
      fc.asyncProperty(histories(30), fc.scheduler(), fc.nat({ max: 40 }), async (changes, s, lasts) => {
        const server = new MemoryServer()
        let left = lasts
        const failing: Send = async (request, key) => {
          await s.schedule(Promise.resolve())
          left -= 1
          // Half of what fails was carried out before its answer got lost.
          if (left >= 0 || left % 2 === 0) await server.send(request, key)
          if (left < 0) throw new AppError('SERVER_UNREACHABLE', 'gone')
          return server.send(request, key)
        }
        await s.waitFor(load(changes, failing).catch(() => undefined))
        const loaded = await load(changes, server.send)
        expect(outcomeOf(server, loaded.journal)).toEqual((await sequentially(changes)).outcome)
        expect(server.events.length).toBe(loaded.journal.length + 1)
        const again = await load(changes, server.send)
        expect(again.journal.every(({ receipt }) => receipt.replayed)).toBe(true)
      }),
    )
  })
})

describe('writers', () => {
  it('are as many as asked for, and no more', async () => {
    const server = new MemoryServer()
    const waiting: Array<() => void> = []
    let most = 0
    const send: Send = async (request, key) => {
      await new Promise<void>((resolve) => {
        waiting.push(resolve)
        most = Math.max(most, waiting.length)
        if (waiting.length === 3) for (const go of waiting.splice(0)) go()
      })
      return server.send(request, key)
    }
    await load(
      ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => created(id)),
      send,
      3,
    )
    expect(most).toBe(3)
  })

  it('wait for the task that theirs depends on', async () => {
    const server = new MemoryServer()
    const arrived: string[] = []
    let answerFirst = (): void => {}
    const first = new Promise<void>((resolve) => {
      answerFirst = resolve
    })
    const send: Send = async (request, key) => {
      arrived.push(key.split(':')[1] ?? '')
      if (arrived.length === 1) await first
      // The last one that waits for nobody.
      if (arrived.length === 2) answerFirst()
      return server.send(request, key)
    }
    const dependent = created('b', { dependencies: [blockedBy('a')] })
    const child = created('c', { dependencies: [childOf('a')] })
    await load([created('a'), dependent, child, created('z'), deleted('a')], send, 8)
    expect(arrived.slice(0, 2)).toEqual(['1', '4'])
    expect(arrived.slice(2, 4).sort()).toEqual(['2', '3'])
    expect(arrived.at(4)).toBe('5')
  })
})

describe('a run', () => {
  it('tells of every acknowledged request and of every change that is over', async () => {
    const server = new MemoryServer()
    const acknowledged: Acknowledged[] = []
    const done: number[] = []
    const entries = entriesFor([
      created('a', { notes: 'N' }),
      updated('a', { labels: ['x'] }),
      deleted('b'),
      deleted('a'),
    ])
    const { journal, changes, skipped } = await loadHistory({
      ...{ entries, send: server.send, projectId, writers: 2 },
      onAcknowledged: (one) => acknowledged.push(one),
      onChange: (count) => done.push(count),
    })
    expect(acknowledged).toEqual(journal)
    expect(journal.map(({ action }) => action.kind)).toEqual(['create-task', 'add-entry', 'delete-task'])
    expect(done).toEqual([1, 2, 3, 4])
    expect(changes).toBe(4)
    expect(Object.fromEntries(skipped)).toEqual({ 'nothing-to-send': 1, 'no-such-task': 1 })
  })

  it('ends at a refusal, names the change, and sends nothing that comes after', async () => {
    const server = new MemoryServer()
    const sent: string[] = []
    const send: Send = async (request, key) => {
      sent.push(request.path)
      if (request.method === 'PATCH') throw new AppError('VALIDATION_ERROR', 'title: too plain')
      return server.send(request, key)
    }
    const changes = [created('a'), updated('a', { title: 'T' }), updated('a', { title: 'U' }), deleted('a')]
    await expect(load(changes, send)).rejects.toMatchObject({
      code: 'VALIDATION_ERROR',
      message: 'Change 2 (update-task of a) was not carried out: title: too plain',
    })
    expect(sent).toHaveLength(2)
  })

  it('over a part of a history takes what came before as never having been', async () => {
    const server = new MemoryServer()
    const entries = entriesFor([created('a'), created('b'), updated('a', { title: 'T' })], 2)
    const { journal, skipped } = await loadHistory({ entries, send: server.send, projectId, writers: 1 })
    expect(journal.map(({ action }) => action)).toEqual([{ kind: 'create-task', task: 'b@2', fields: { title: 'b' } }])
    expect(skipped.get('no-such-task')).toBe(1)
  })

  it('uses other keys over another history, and over another part of the same', async () => {
    const keysOf = async (changes: readonly Change[], from = 1): Promise<string[]> => {
      const keys: string[] = []
      for await (const { key } of entriesFor(changes, from)) keys.push(key)
      return keys
    }
    const changes = [created('a'), created('b'), created('c')]
    const whole = await keysOf(changes)
    expect(await keysOf([...changes, created('d')])).toEqual([...whole, expect.any(String)])
    expect(whole).not.toContain((await keysOf(changes, 3))[0])
    expect(whole).not.toContain((await keysOf([created('x'), created('b')]))[1])
  })
})
