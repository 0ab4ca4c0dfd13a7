import fc from 'fast-check'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { maxRecordBytes, ProjectId, sealLine, start } from '../../events/index.ts'
import type { Log } from '../../src/log/log.ts'
import { sha256 } from '../../src/platform/hash.ts'
import { taskCreated } from '../support/events.ts'
import { appendAll, draftOf, drafts, readText, replayed, textOf } from '../support/logs.ts'
import { projectId, task, timeAt } from '../support/vocabulary.ts'

/** A place where a log can be, gone after the test. */
export type Place = () => Promise<{
  /** Opens the log that is there; a second time only after the first one was closed. */
  open(): Promise<Log>
}>

const otherProject = ProjectId.parse('proj_other')
const empty = { ...start, at: 0 }

/** What every implementation of the log port must do. */
export const logSuite = (name: string, place: Place): void => {
  describe(name, () => {
    let open: () => Promise<Log>
    let log: Log
    beforeEach(async () => {
      ;({ open } = await place())
      log = await open()
      onTestFinished(() => log.close())
    })
    const reopen = async (): Promise<void> => {
      await log.close()
      log = await open()
    }

    describe('a project without a log', () => {
      it('is not listed', async () => {
        expect(await log.list()).toEqual([])
      })

      it('ends at the start, takes writes, and has nothing to read or replay', async () => {
        expect(await replayed(log)).toEqual({ status: { kind: 'open' }, records: [] })
        expect(log.head(projectId)).toEqual(empty)
        expect(log.status(projectId)).toEqual({ kind: 'open' })
        expect(await readText(log)).toBe('')
        expect(await log.list()).toEqual([])
      })

      it('gets one with its first record', async () => {
        await appendAll(log, drafts(1))
        expect(await log.list()).toEqual([projectId])
      })
    })

    describe('append', () => {
      it('answers with the sealed lines and the position after each', async () => {
        const first = await appendAll(log, drafts(2))
        const second = await appendAll(log, drafts(1, 2))
        const [a, b, c] = drafts(3)
        if (a === undefined || b === undefined || c === undefined) throw new Error('three drafts')
        const lineA = sealLine(a, start, 0, sha256)
        const lineB = sealLine(b, lineA.next, 0, sha256)
        expect(first).toEqual([lineA, lineB])
        const { synced }: { synced: number } = JSON.parse(textOf(second))
        expect(synced).toBeLessThanOrEqual(2)
        expect(second).toEqual([sealLine(c, lineB.next, synced, sha256)])
      })

      it('moves the head to the position after the last record, with its time', async () => {
        const lines = await appendAll(log, drafts(3))
        expect(log.head(projectId)).toEqual({ ...lines[2]?.next, at: timeAt(2) })
      })

      it('of nothing changes nothing', async () => {
        await appendAll(log, drafts(1))
        const head = log.head(projectId)
        expect(await log.append(projectId, head, [])).toEqual({ kind: 'committed', lines: [] })
        expect(log.head(projectId)).toEqual(head)
      })

      it.each([
        ['an earlier offset', start],
        ['a later offset', { offset: 9, hash: start.hash }],
        ['another hash', { offset: 2, hash: start.hash }],
      ])('that expects %s meets a conflict and writes nothing', async (_, expected) => {
        const lines = await appendAll(log, drafts(2))
        const head = log.head(projectId)
        expect(await log.append(projectId, expected, drafts(1, 2))).toEqual({ kind: 'conflict', head })
        expect(await readText(log)).toBe(textOf(lines))
      })

      it('to one project does not touch another', async () => {
        const lines = await appendAll(log, drafts(2))
        await appendAll(log, drafts(1, 0, otherProject), otherProject)
        expect(await readText(log)).toBe(textOf(lines))
        expect(log.head(otherProject).offset).toBe(1)
        expect(await log.list()).toEqual([otherProject, projectId].sort())
      })

      it('twice at once lets one of them win', async () => {
        const both = await Promise.all([
          log.append(projectId, start, drafts(1)),
          log.append(projectId, start, drafts(1)),
        ])
        expect(both.map(({ kind }) => kind)).toEqual(['committed', 'conflict'])
        await reopen()
        expect((await replayed(log)).records).toHaveLength(1)
      })

      it('takes a record of exactly the greatest size', async () => {
        await appendAll(log, [draftOfSize(maxRecordBytes)])
        await appendAll(log, drafts(1, 1))
        await reopen()
        expect((await replayed(log)).status).toEqual({ kind: 'open' })
        expect((await readText(log)).indexOf('\n')).toBe(maxRecordBytes - 1)
        expect(log.head(projectId).offset).toBe(2)
      })

      it('refuses a record that is one byte longer, and all that came with it', async () => {
        await appendAll(log, drafts(1))
        const head = log.head(projectId)
        const batch = [...drafts(1, 1), draftOfSize(maxRecordBytes + 1)]
        await expect(log.append(projectId, head, batch)).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' })
        expect(log.head(projectId)).toEqual(head)
        const lines = await appendAll(log, drafts(1, 1))
        expect(await readText(log, 1)).toBe(textOf(lines))
      })

      it('is refused after the log was closed', async () => {
        await log.close()
        await expect(log.append(projectId, start, drafts(1))).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' })
      })
    })

    describe('read', () => {
      it('gives the lines from any offset, as many as asked for', async () => {
        const lines = [...(await appendAll(log, drafts(5))), ...(await appendAll(log, drafts(7, 5)))]
        for (let from = 0; from <= lines.length; from += 1) {
          for (let limit = 0; limit <= lines.length - from + 1; limit += 1) {
            expect(await readText(log, from, limit)).toBe(textOf(lines.slice(from, from + limit)))
          }
          expect(await readText(log, from)).toBe(textOf(lines.slice(from)))
        }
      })

      it('gives blocks of whole lines, one behind the other', async () => {
        const lines = [...(await appendAll(log, drafts(40))), ...(await appendAll(log, drafts(40, 40)))]
        let next = 3
        for await (const block of log.read(projectId, 3)) {
          expect(block.from).toBe(next)
          expect(block.next).toBeGreaterThan(next)
          expect(Buffer.from(block.bytes).toString()).toBe(textOf(lines.slice(block.from, block.next)))
          next = block.next
        }
        expect(next).toBe(80)
      })

      it('gives nothing at and beyond the head', async () => {
        await appendAll(log, drafts(2))
        expect(await readText(log, 2)).toBe('')
        expect(await readText(log, 99)).toBe('')
      })

      it('goes as far as the head was when it began, while appends go on', async () => {
        const lines = await appendAll(log, drafts(30))
        const blocks = log.read(projectId, 0)
        let text = ''
        let offset = 30
        for await (const { bytes } of blocks) {
          text += Buffer.from(bytes).toString()
          await appendAll(log, drafts(3, offset))
          offset += 3
        }
        expect(text).toBe(textOf(lines))
      })

      it('can be left early', async () => {
        await appendAll(log, drafts(30))
        for await (const { from } of log.read(projectId, 4)) {
          expect(from).toBe(4)
          break
        }
      })
    })

    describe('replay', () => {
      it('visits every record in order, after a restart and as often as it is asked', async () => {
        await appendAll(log, drafts(4))
        await appendAll(log, drafts(3, 4))
        const head = log.head(projectId)
        await reopen()
        const once = await replayed(log)
        expect(once.status).toEqual({ kind: 'open' })
        expect(once.records.map(({ offset, type, at }) => ({ offset, type, at }))).toEqual(
          [0, 1, 2, 3, 4, 5, 6].map((offset) => ({ offset, type: 'task:created', at: timeAt(offset) })),
        )
        expect(log.head(projectId)).toEqual(head)
        expect(await replayed(log)).toEqual(once)
      })

      it('visits what comes after a position', async () => {
        const lines = await appendAll(log, drafts(9))
        const all = (await replayed(log)).records
        for (const [index, { next }] of lines.entries()) {
          await reopen()
          expect((await replayed(log, next)).records).toEqual(all.slice(index + 1))
          expect(log.head(projectId)).toEqual({ ...lines[8]?.next, at: timeAt(8) })
        }
      })

      it.each([
        ['of another history', { offset: 2, hash: sha256('another') }],
        ['beyond the end', { offset: 7, hash: sha256('another') }],
        ['with another start', { offset: 0, hash: sha256('another') }],
      ])('refuses a position %s, and can start over', async (_, position) => {
        await appendAll(log, drafts(4))
        await reopen()
        const records: unknown[] = []
        const replay = log.replay(projectId, position, (record) => records.push(record))
        await expect(replay).rejects.toMatchObject({ code: 'HISTORY_DIVERGED' })
        expect(records).toEqual([])
        expect((await replayed(log)).records).toHaveLength(4)
      })

      it('is followed by appends that go on with the chain', async () => {
        const before = await appendAll(log, drafts(2))
        await reopen()
        await replayed(log)
        const after = await appendAll(log, drafts(2, 2))
        await reopen()
        expect((await replayed(log)).status).toEqual({ kind: 'open' })
        expect(await readText(log)).toBe(textOf([...before, ...after]))
      })

      it('passes on what the visitor throws', async () => {
        await appendAll(log, drafts(2))
        const visit = (): never => {
          throw new RangeError('no')
        }
        await expect(log.replay(projectId, start, visit)).rejects.toThrow(RangeError)
        expect((await replayed(log)).records).toHaveLength(2)
      })
    })

    describe('moved', () => {
      it('resolves at once when the head is beyond the offset', async () => {
        await appendAll(log, drafts(2))
        await log.moved(projectId, 0)
        await log.moved(projectId, 1)
      })

      it('resolves everybody who waits, as soon as the head is beyond their offset', async () => {
        const resolved: string[] = []
        const wait = (who: string, offset: number): Promise<void> =>
          log.moved(projectId, offset).then(() => void resolved.push(who))
        const [a, b, c] = [wait('a', 0), wait('b', 0), wait('c', 1)]
        await appendAll(log, drafts(1, 0, otherProject), otherProject)
        await appendAll(log, drafts(1))
        await Promise.all([a, b])
        expect(resolved).toEqual(['a', 'b'])
        await appendAll(log, drafts(1, 1))
        await c
      })

      it('resolves when the signal aborts, before or while it waits', async () => {
        const abort = new AbortController()
        const waiting = log.moved(projectId, 5, abort.signal)
        abort.abort()
        await waiting
        await log.moved(projectId, 5, abort.signal)
        expect(log.head(projectId).offset).toBe(0)
      })

      it('comes after the records can be read', async () => {
        const moved = log.moved(projectId, 0).then(() => log.head(projectId).offset)
        await appendAll(log, drafts(3))
        expect(await moved).toBe(3)
      })
    })

    it('keeps text exactly, whatever line ends it contains', async () => {
      const title = 'a\r\nb\u2028c\u2029d\u0085e\0f "g" \\ \ud800 \u{1f600} ,"hash":"x","data":{}}'
      const lines = await appendAll(log, [draftOf(taskCreated(task('t'), { title }), 0)])
      await reopen()
      expect((await replayed(log)).records).toMatchObject([{ type: 'task:created', data: { title } }])
      expect(await readText(log)).toBe(textOf(lines))
    })

    it('reads back any slice of any appends', async () => {
      const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 })
      await fc.assert(
        fc.asyncProperty(sizes, fc.nat(40), fc.nat(40), async (batches, from, limit) => {
          const id = ProjectId.parse(`p${projects++}`)
          const lines: Array<{ readonly text: string }> = []
          for (const size of batches) lines.push(...(await appendAll(log, drafts(size, lines.length, id), id)))
          expect(await readText(log, from, limit, id)).toBe(textOf(lines.slice(from, from + limit)))
          expect((await replayed(log, start, id)).records).toHaveLength(lines.length)
        }),
        { numRuns: 30 },
      )
    })
  })
}

let projects = 0

/** A draft at offset 0 or 1 whose line, line feed included, takes so many bytes. */
const draftOfSize = (bytes: number): ReturnType<typeof draftOf> => {
  const draft = (length: number) => draftOf(taskCreated(task('big'), { title: 'x'.repeat(length) }), 0)
  const overhead = sealLine(draft(0), start, 0, sha256).text.length
  return draft(bytes - overhead)
}
