import fc from 'fast-check'
import { Pointer } from 'rfc6902/pointer.js'
import { describe, expect, it } from 'vitest'
import { type DomainEvent, type EventRecord, type Json, openLine, sealLine, start } from '../../../events/index.ts'
import { AppError } from '../../../src/errors.ts'
import { sha256 } from '../../../src/platform/hash.ts'
import { leavesOf, tokensOf, valueAt, withValueAt } from '../../../tools/log-redact/pointer.ts'
import { marker, type Redaction, redact } from '../../../tools/log-redact/redaction.ts'
import { holdsAny, needlesOf } from '../../../tools/log-redact/secret.ts'
import {
  eventAdded,
  projectCreated,
  projectUpdated,
  sessionAdopted,
  sessionCreated,
  sessionUpdated,
  subtaskCreated,
  taskAdopted,
  taskCreated,
  taskDeleted,
  taskUpdated,
  timelineAdded,
} from '../../support/events.ts'
import { draftOf } from '../../support/logs.ts'
import { session, subtask, task } from '../../support/vocabulary.ts'

const lineOf = (event: DomainEvent): Uint8Array =>
  Buffer.from(sealLine(draftOf(event, 0), start, 0, sha256).text.trimEnd())

const recordIn = (line: Uint8Array): EventRecord => {
  const opened = openLine(line, sha256)
  if (opened.kind !== 'record') throw new Error(JSON.stringify(opened))
  return opened.record
}

const redactIn = (line: Uint8Array, pointer: string): Redaction => redact(line, recordIn(line), pointer, sha256)

const codeOf = (act: () => unknown): string | undefined => {
  try {
    act()
  } catch (error) {
    return error instanceof AppError ? error.code : String(error)
  }
  return undefined
}

const [a, s] = [task('a'), session('s')]

describe('what can be taken out of a record', () => {
  it.each<[string, DomainEvent, string, Json]>([
    ['a title', taskCreated(a, { title: 'x' }), '/title', marker],
    ['a changed description', taskUpdated(a, { description: 'x' }), '/changes/description', marker],
    ['a message', timelineAdded(a, { type: 'update', message: 'x' }), '/entry/message', marker],
    [
      'a message among others',
      taskUpdated(a, {}, { entries: [{ type: 'update', message: 'x' }] }),
      '/entries/0/message',
      marker,
    ],
    ['a name of a project', projectCreated({ name: 'x' }), '/name', marker],
    ['a step', subtaskCreated(a, subtask('i'), { title: 'x' }), '/title', marker],
    ['one variable', sessionCreated(s, { env: { A: 'x', B: 'y' } }), '/env/A', marker],
    ['all variables', sessionCreated(s, { env: { A: 'x' } }), '/env', {}],
    ['variables that are set and unset', sessionUpdated(s, { env: { A: 'x', B: null } }), '/changes/env', {}],
    ['metadata, whatever they are', sessionUpdated(s, { metadata: { a: { b: [1] } } }), '/changes/metadata', {}],
    ['a number in metadata', sessionUpdated(s, { metadata: { pin: 1234 } }), '/changes/metadata/pin', marker],
    ['what an event says', eventAdded(s, { type: 'said', data: { x: ['y'] } }), '/event/data', marker],
    ['part of what an event says', eventAdded(s, { type: 'said', data: { x: ['y', 'z'] } }), '/event/data/x/1', marker],
    ['the name of an agent', sessionUpdated(s, { agentId: 'x' }), '/changes/agentId', marker],
    ['names of skills', taskUpdated(a, { skillIds: ['x', 'y'] }), '/changes/skillIds', []],
    ['a time that may be missing', taskAdopted(a, { startedAt: 5 }), '/entity/startedAt', null],
    ['a title of what was taken over', taskAdopted(a, { title: 'x' }), '/entity/title', marker],
    ['an event of what was taken over', sessionAdopted(s, { metadata: { k: 'x' } }), '/entity/metadata/k', marker],
    [
      'a reason',
      { type: 'record:redacted', data: { offset: 0, digest: sha256('x'), pointer: '/a', reason: 'x' } },
      '/reason',
      marker,
    ],
  ])('%s', (_, event, pointer, replacement) => {
    const line = lineOf(event)
    const redaction = redactIn(line, pointer)
    expect(redaction).toMatchObject({
      replacement,
      old: valueAt(JSON.parse(JSON.stringify(event.data)), tokensOf(pointer) ?? []),
    })
    const record = recordIn(redaction.line)
    expect(record).toMatchObject({ type: event.type, redacted: redaction.digest, hash: recordIn(line).hash })
    expect(valueAt(JSON.parse(JSON.stringify(record.data)), tokensOf(pointer) ?? [])).toEqual(replacement)
    // Once more, there is nothing left to do.
    expect(redactIn(redaction.line, pointer)).toEqual({ ...redaction, old: undefined })
  })

  it('may be taken out of a record that something was taken out of before', () => {
    const first = redactIn(lineOf(sessionCreated(s, { name: 'x', env: { A: 'y' } })), '/name')
    const second = redactIn(first.line, '/env/A')
    expect(recordIn(second.line)).toMatchObject({ data: { name: marker, env: { A: marker } }, redacted: second.digest })
    expect(second.digest).not.toBe(first.digest)
  })
})

describe('what a log is built of', () => {
  it.each<[DomainEvent, string]>([
    [taskCreated(a), '/taskId'],
    [taskCreated(a, { parentId: task('b') }), '/parentId'],
    [taskCreated(a, { dependencies: [task('b')] }), '/dependencies'],
    [taskUpdated(a, { status: 'completed', title: 'x' }), '/changes'],
    [taskUpdated(a, { status: 'completed' }), '/changes/status'],
    [taskUpdated(a, { startedAt: 5 }), '/changes/startedAt'],
    [taskUpdated(a, {}, { linked: [s] }), '/linked'],
    [timelineAdded(a, { type: 'update' }), '/entry/type'],
    [timelineAdded(a, { type: 'update', message: 'x' }), '/entry'],
    [taskDeleted(a, true), '/cascade'],
    [sessionCreated(s), '/sessionId'],
    [projectUpdated({ lifecycle: 'strict' }), '/changes/lifecycle'],
    [taskAdopted(a), '/entity'],
    [{ type: 'record:redacted', data: { offset: 0, digest: sha256('x'), pointer: '/a', reason: 'x' } }, '/digest'],
    [{ type: 'record:redacted', data: { offset: 0, digest: sha256('x'), pointer: '/a', reason: 'x' } }, '/offset'],
  ])('stays: %j %s', (event, pointer) => {
    expect(codeOf(() => redactIn(lineOf(event), pointer))).toBe('VALIDATION_ERROR')
  })
})

describe('a pointer', () => {
  it.each(['', 'title', '/a~2', '~', 'a/b'])(
    'that is none is refused, and those that there are are named: %j',
    (pointer) => {
      const act = () => redactIn(lineOf(taskCreated(a)), pointer)
      expect(codeOf(act)).toBe('VALIDATION_ERROR')
      expect(act).toThrow('there is "/taskId", "/title"')
    },
  )

  it.each(['/titel', '/title/0', '/dependencies/1', '/dependencies/-', '/dependencies/00', '/toString', '/'])(
    'to what is not there is not found: %s',
    (pointer) => {
      expect(codeOf(() => redactIn(lineOf(taskCreated(a, { dependencies: [task('b')] })), pointer))).toBe('NOT_FOUND')
    },
  )

  it('finds and replaces what others find and replace', () => {
    const documents = fc.json({ maxDepth: 4 }).map((text): Json => JSON.parse(text))
    fc.assert(
      fc.property(documents, fc.nat(), (document, n) => {
        const leaves = leavesOf(document)
        const leaf = leaves[n % leaves.length]
        if (leaf === undefined || leaf.pointer === '') return
        const tokens = tokensOf(leaf.pointer)
        expect(tokens).toBeDefined()
        expect(valueAt(document, tokens ?? [])).toEqual(leaf.value)
        expect(Pointer.fromJSON(leaf.pointer).get(document)).toEqual(leaf.value)
        const replaced = withValueAt(document, tokens ?? [], marker)
        expect(Object.is(valueAt(replaced, tokens ?? []), marker)).toBe(true)
        expect(leavesOf(replaced)).toEqual(
          leaves.map((one) => (one.pointer === leaf.pointer ? { ...one, value: marker } : one)),
        )
      }),
    )
  })
})

describe('a secret', () => {
  it('is found as JSON has it, and what is short is none', () => {
    const needles = needlesOf({ a: 'pass"word', b: ['abc', 'päss'], c: 12345, d: null })
    expect(needles.map(String)).toEqual(['pass\\"word', 'päss'])
    expect(holdsAny(Buffer.from(JSON.stringify({ x: 'the pass"word is' })), needles)).toBe(true)
    expect(holdsAny(Buffer.from('password'), needles)).toBe(false)
    expect(needlesOf(undefined)).toEqual([])
  })
})
