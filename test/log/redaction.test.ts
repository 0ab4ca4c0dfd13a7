import { describe, expect, it } from 'vitest'
import { canonical, type Draft, sealLine, start } from '../../events/index.ts'
import { sha256 } from '../../src/platform/hash.ts'
import { contents, diskWith, opening } from '../support/damaged-logs.ts'
import { taskCreated } from '../support/events.ts'
import { draftOf, drafts, textOf } from '../support/logs.ts'
import { task } from '../support/vocabulary.ts'

const secret = (offset: number): Draft => draftOf(taskCreated(task(`${offset}`), { title: 'secret' }), offset)
const clean = canonical({ taskId: 'task_1', title: '[redacted]' })
const cleaner = canonical({ taskId: 'task_1', title: '' })

const announcement = (at: number, offset: number, data: string): Draft =>
  draftOf({ type: 'record:redacted', data: { offset, digest: sha256(data), pointer: '/title', reason: 'leaked' } }, at)

/** The lines of drafts, each durable before the next. */
const seal = (...batch: Draft[]): string[] => {
  let place = start
  return batch.map((draft) => {
    const { text, next } = sealLine(draft, place, place.offset, sha256)
    place = next
    return text
  })
}

/** A line with other data, and the digest that says so. */
const redacted = (line: string | undefined, data: string): string =>
  String(line).replace(/("hash":"[0-9a-f]{64}").*\n/, `$1,"redacted":"${sha256(data)}","data":${data}}\n`)

const open = (text: string) => opening(diskWith({ 0: Buffer.from(text) }))

const expectQuarantine = async (text: string, offset: number): Promise<void> => {
  const disk = diskWith({ 0: Buffer.from(text) })
  const before = contents(disk)
  const { status, head } = await opening(disk)
  expect({ status, head }).toMatchObject({ status: { kind: 'quarantined', offset }, head: { offset } })
  expect(contents(disk)).toEqual(before)
}

describe('a redacted line', () => {
  const [first, second, third, fourth] = seal(...drafts(1), secret(1), ...drafts(1, 2), announcement(3, 1, clean))

  it('is accepted when a later record announces it, and the chain is whole', async () => {
    const text = textOf([first, redacted(second, clean), third, fourth].map((line) => ({ text: String(line) })))
    const { status, records, text: read } = await open(text)
    expect(status).toEqual({ kind: 'open' })
    expect(records.map(({ offset }) => offset)).toEqual([0, 1, 2, 3])
    expect(records[1]).toMatchObject({ data: { title: '[redacted]' }, redacted: sha256(clean) })
    expect(read).toBe(text)
  })

  it('may be announced in a later segment', async () => {
    const disk = diskWith({
      0: Buffer.from(`${first}${redacted(second, clean)}`),
      2: Buffer.from(String(third)),
      3: Buffer.from(String(fourth)),
    })
    expect(await opening(disk, { blockBytes: 100 })).toMatchObject({ status: { kind: 'open' }, records: { length: 4 } })
  })

  it('may be announced and not yet be rewritten', async () => {
    const { status, records } = await open(`${first}${second}${third}${fourth}`)
    expect(status).toEqual({ kind: 'open' })
    expect(records[1]).toMatchObject({ data: { title: 'secret' } })
  })

  it('may be redacted again', async () => {
    const lines = seal(...drafts(1), secret(1), announcement(2, 1, clean), announcement(3, 1, cleaner))
    for (const data of [clean, cleaner]) {
      const { status } = await open(`${lines[0]}${redacted(lines[1], data)}${lines[2]}${lines[3]}`)
      expect(status).toEqual({ kind: 'open' })
    }
  })

  it('may stand among many', async () => {
    const batch = [0, 1, 2, 3, 4].map(secret)
    const lines = seal(...batch, ...[3, 0, 4].map((offset, i) => announcement(5 + i, offset, clean)))
    const text = lines.map((line, i) => ([0, 3, 4].includes(i) ? redacted(line, clean) : line)).join('')
    const { status, records } = await open(text)
    expect(status).toEqual({ kind: 'open' })
    expect(records.map((record) => record.type === 'task:created' && record.data.title)).toEqual([
      ...['[redacted]', 'secret', 'secret', '[redacted]', '[redacted]'],
      ...[false, false, false],
    ])
  })

  it('stays when the tail behind its announcement is torn', async () => {
    const text = `${first}${redacted(second, clean)}${third}${fourth}`
    const { status, text: read } = await open(`${text}{"v":1,"offs`)
    expect(status).toEqual({ kind: 'open' })
    expect(read).toBe(text)
  })

  it.each([
    ['nobody announces', seal(...drafts(1), secret(1), ...drafts(2, 2))],
    ['is announced with another digest', seal(...drafts(1), secret(1), ...drafts(1, 2), announcement(3, 1, cleaner))],
    ['is announced for another offset', seal(...drafts(1), secret(1), ...drafts(1, 2), announcement(3, 0, clean))],
    ['was announced before it was there', seal(announcement(0, 1, clean), secret(1), ...drafts(2, 2))],
  ])('that %s is damage', async (_, lines) => {
    await expectQuarantine(`${lines[0]}${redacted(lines[1], clean)}${lines[2]}${lines[3]}`, 1)
  })

  it('is damage when its announcement is', async () => {
    const damaged = String(fourth).replace('leaked', 'leeked')
    await expectQuarantine(`${first}${redacted(second, clean)}${third}${damaged}`, 1)
  })

  it('that was announced before it was there is damage, also behind one that was not', async () => {
    const lines = seal(secret(0), announcement(1, 2, clean), secret(2), announcement(3, 0, clean))
    await expectQuarantine(`${redacted(lines[0], clean)}${lines[1]}${redacted(lines[2], clean)}${lines[3]}`, 2)
  })

  it('that nobody announces is damage even where a write was torn behind it', async () => {
    const zeros = '\0'.repeat(2000)
    await expectQuarantine(`${first}${redacted(second, clean)}${zeros}`, 1)
    await expectQuarantine(`${first}${redacted(second, clean)}{"v":1`, 1)
  })

  it('that is not what its digest says is damage', async () => {
    const line = redacted(second, clean).replace('[redacted]', '[REDACTED]')
    await expectQuarantine(`${first}${line}${third}${fourth}`, 1)
  })
})
