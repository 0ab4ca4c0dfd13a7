import { describe, expect, it } from 'vitest'
import { bindings } from '../../../../tools/log-replay/stepper/keys.ts'
import type { Effect, Followed, Message, Model, Scene, Size } from '../../../../tools/log-replay/stepper/model.ts'
import { begin, update } from '../../../../tools/log-replay/stepper/update.ts'
import { view } from '../../../../tools/log-replay/stepper/view.ts'
import { widthOf } from '../../../../tools/log-replay/stepper/width.ts'

const plain = (text: string): string => text
const size: Size = { columns: 80, rows: 24 }

const sceneAt = (offset: number, fields: Partial<Scene> = {}): Scene => ({
  ...{ offset, at: 1_700_000_000_000 + offset * 1000, wraps: true, focus: 0 },
  rows: [offset - 1, offset, offset + 1].map((one) => ({
    offset: one,
    at: 1_700_000_000_000,
    text: `somebody did ${one}`,
  })),
  lines: [{ text: `what record ${offset} did` }],
  ...fields,
})

/** A stepper in front of a log of a thousand records. */
class Stepping {
  model: Model
  effects: readonly Effect[]

  constructor(at = 500, terminal: Size = size) {
    const step = begin('Apollo', 1000, at, terminal)
    this.model = step.model
    this.effects = step.effects
    this.tell({ kind: 'shown', scene: sceneAt(at) })
  }
  tell(message: Message): this {
    const step = update(this.model, message)
    this.model = step.model
    this.effects = step.effects
    return this
  }
  press(...keys: readonly string[]): this {
    for (const key of keys) this.tell({ kind: 'key', key })
    return this
  }
  type(text: string): this {
    return this.press(...[...text].map((key) => (key === ' ' ? 'space' : key)))
  }
  get screen(): string {
    return view(this.model, plain).join('\n')
  }
}

const followed: Followed = { id: 'task_a', name: 'Build it', offsets: [3, 400, 500, 501, 900] }

describe('steps', () => {
  it('begin by asking for the record, the pane and the records around it', () => {
    const { effects } = begin('Apollo', 1000, 500, size)
    expect(effects).toEqual([
      { kind: 'show', offset: 500, pane: 'diff', around: [498, 499, 500, 501, 502], followed: undefined },
    ])
  })

  it.each([
    ['right', 501],
    ['l', 501],
    ['space', 501],
    ['left', 499],
    ['h', 499],
    ['>', 600],
    ['<', 400],
    ['home', 0],
    ['G', 999],
  ])('with %s lead to record %i', (key, offset) => {
    const stepping = new Stepping().press(key)
    expect(stepping.model.at).toBe(offset)
    expect(stepping.effects).toMatchObject([{ kind: 'show', offset }])
  })

  it('end at both ends of the log, and say so', () => {
    expect(new Stepping(0).press('left').model).toMatchObject({ at: 0, notice: 'That is the first record.' })
    expect(new Stepping(999).press('right').model).toMatchObject({ at: 999, notice: 'That is the last record.' })
    expect(new Stepping(950).press('>').model.at).toBe(999)
    expect(new Stepping(50).press('<').model.at).toBe(0)
  })

  it('that are faster than the log show the last one only', () => {
    const stepping = new Stepping().press('right', 'right', 'right')
    stepping.tell({ kind: 'shown', scene: sceneAt(501) })
    expect(stepping.model.scene?.offset).toBe(500)
    stepping.tell({ kind: 'shown', scene: sceneAt(503) })
    expect(stepping.model.scene?.offset).toBe(503)
  })
})

describe('a question', () => {
  it('for a moment is put to the log, and its answer is shown', () => {
    const stepping = new Stepping().press('g').type('2026-01-31T12:00:00Z').press('return')
    expect(stepping.effects).toEqual([{ kind: 'go', text: '2026-01-31T12:00:00Z' }])
    expect(stepping.tell({ kind: 'found', offset: 42 }).effects).toMatchObject([{ kind: 'show', offset: 42 }])
  })

  it('that the log refuses stays where it is, and tells why', () => {
    const stepping = new Stepping().press('g').type('x').press('return').tell({ kind: 'refused', reason: 'no moment' })
    expect(stepping.model).toMatchObject({ at: 500, busy: undefined, notice: 'no moment' })
    expect(stepping.screen).toContain('no moment')
  })

  it('is edited with backspace, and left with escape', () => {
    const stepping = new Stepping().press('g').type('12x').press('backspace')
    expect(stepping.screen).toContain('Go to an offset, an ISO time or ms: 12█')
    expect(stepping.press('escape').model.prompt).toBeUndefined()
    expect(new Stepping().press('/').press('backspace').model.prompt).toBeUndefined()
    expect(new Stepping().press('/').press('return').effects).toEqual([])
  })

  it('takes keys as letters', () => {
    const stepping = new Stepping().press('/').type('quit fast')
    expect(stepping.model.prompt).toEqual({ kind: 'search', text: 'quit fast' })
    expect(stepping.press('ctrl-u').model.prompt).toEqual({ kind: 'search', text: '' })
  })
})

describe('a search', () => {
  it('goes on, back, and from where it is', () => {
    const stepping = new Stepping().press('/').type('parser').press('return')
    expect(stepping.effects).toEqual([{ kind: 'search', text: 'parser', from: 501, step: 1 }])
    stepping.tell({ kind: 'found', offset: 700 }).press('n')
    expect(stepping.effects).toEqual([{ kind: 'search', text: 'parser', from: 701, step: 1 }])
    expect(stepping.press('N').effects).toEqual([{ kind: 'search', text: 'parser', from: 699, step: -1 }])
  })

  it('can be stopped', () => {
    const stepping = new Stepping().press('/').type('x').press('return').tell({ kind: 'progress', text: 'far' })
    expect(stepping.screen).toContain('far … Esc stops')
    expect(stepping.press('escape').effects).toEqual([{ kind: 'cancel' }])
    expect(stepping.model.busy).toBeUndefined()
  })

  it('for nothing yet asks first', () => {
    expect(new Stepping().press('n').model.prompt).toEqual({ kind: 'search', text: '' })
  })
})

describe('following', () => {
  it('begins with what the record is about, and steps over all else', () => {
    const stepping = new Stepping().press('f')
    expect(stepping.effects).toEqual([{ kind: 'follow', of: 500 }])
    stepping.tell({ kind: 'followed', followed })
    expect(stepping.effects).toMatchObject([
      { kind: 'show', offset: 500, around: [3, 400, 500, 501, 900], followed: 'task_a' },
    ])
    expect(stepping.press('right', 'right').model.at).toBe(900)
    expect(stepping.press('right').model.notice).toBe('That is the last record of Build it.')
    expect(stepping.press('home').model.at).toBe(3)
    expect(stepping.screen).toContain('following Build it: 5 records')
  })

  it('can be of an id, and ends with the same key', () => {
    const stepping = new Stepping().press('F').type('sess_x').press('return')
    expect(stepping.effects).toEqual([{ kind: 'follow', of: 'sess_x' }])
    stepping.tell({ kind: 'followed', followed }).press('f')
    expect(stepping.model.followed).toBeUndefined()
    expect(stepping.press('right').model.at).toBe(501)
  })

  it('shows a record that is none of them between its neighbours', () => {
    const stepping = new Stepping().tell({ kind: 'followed', followed }).tell({ kind: 'found', offset: 450 })
    expect(stepping.effects).toMatchObject([{ around: [3, 400, 450, 500, 501] }])
    expect(stepping.press('left').model.at).toBe(400)
  })
})

describe('the panes', () => {
  it('change by number and in turn', () => {
    const stepping = new Stepping()
    expect(stepping.press('1').effects).toMatchObject([{ kind: 'show', offset: 500, pane: 'event' }])
    expect(stepping.press('tab').model.pane).toBe('diff')
    expect(stepping.press('tab', 'tab').model.pane).toBe('event')
    expect(stepping.screen).toContain('[1 event] 2 diff  3 state')
  })

  it('scroll as far as there is something', () => {
    const lines = Array.from({ length: 100 }, (_, i) => ({ text: `line ${i}` }))
    const stepping = new Stepping().tell({ kind: 'shown', scene: sceneAt(500, { lines }) })
    expect(stepping.press('up').screen).toContain('line 0')
    expect(stepping.press('down').screen).not.toContain('line 0\n')
    for (let i = 0; i < 30; i += 1) stepping.press('pagedown')
    expect(stepping.screen).toContain('line 99')
    expect(stepping.screen).toContain('line 86')
  })

  it('begin where the scene says, with some lines before it', () => {
    const lines = Array.from({ length: 100 }, (_, i) => ({ text: `line ${i}` }))
    const stepping = new Stepping().tell({ kind: 'shown', scene: sceneAt(500, { lines, focus: 50 }) })
    expect(stepping.screen).toMatch(/line 45\n[\s\S]*line 50\n/)
  })
})

describe('the screen', () => {
  const sizes: Size[] = [
    size,
    { columns: 30, rows: 9 },
    { columns: 200, rows: 60 },
    { columns: 10, rows: 3 },
    { columns: 81, rows: 11 },
  ]

  it.each(sizes)('fits into $columns x $rows, whatever it shows', (terminal) => {
    const text = 'wide 漢字 👩‍👩‍👧 and long '.repeat(20)
    const rows = [498, 499, 500, 501].map((offset) => ({ offset, at: 0, text }))
    const scene = sceneAt(500, { rows, lines: [{ text }, { text: 'x'.repeat(500) }, { text: '' }] })
    const steppings = [
      new Stepping(500, terminal).tell({ kind: 'shown', scene }),
      new Stepping(500, terminal).tell({ kind: 'shown', scene: { ...scene, wraps: false } }).press('down'),
      new Stepping(500, terminal).press('?'),
      new Stepping(500, terminal).press('/').type(text),
      new Stepping(500, terminal).tell({ kind: 'followed', followed: { ...followed, name: text } }),
      new Stepping(500, terminal).tell({ kind: 'progress', text }),
    ]
    for (const { model } of steppings) {
      const screen = view(model, plain)
      expect(screen).toHaveLength(terminal.rows)
      expect(screen.filter((line) => widthOf(line) > terminal.columns)).toEqual([])
    }
  })

  it('has the record in the middle of the list', () => {
    const lines = new Stepping().screen.split('\n')
    expect(lines[0]).toMatch(/^Apollo +record 500 of 999 {2}2023-11-14T22:21:40\.000Z$/)
    expect(lines.findIndex((line) => line.startsWith('▶'))).toBe(4)
    expect(lines[4]).toContain('somebody did 500')
  })

  it('tells every key in its help, also in a usual terminal', () => {
    const { screen } = new Stepping().press('?')
    for (const { says } of bindings) expect(screen).toContain(says)
    expect(new Stepping().press('?', 'right').model).toMatchObject({ help: false, at: 500 })
  })

  it('follows a terminal that changes its size', () => {
    const stepping = new Stepping().tell({ kind: 'resized', size: { columns: 100, rows: 40 } })
    expect(stepping.effects).toMatchObject([{ kind: 'show', around: [496, 497, 498, 499, 500, 501, 502, 503, 504] }])
    expect(stepping.screen.split('\n')).toHaveLength(40)
  })
})

describe('keys', () => {
  it('mean one thing each', () => {
    const keys = bindings.flatMap((binding) => binding.keys)
    expect(new Set(keys).size).toBe(keys.length)
  })

  it.each([
    ['q', 'quit'],
    ['ctrl-c', 'quit'],
    ['ctrl-z', 'suspend'],
  ])('%s: %s', (key, kind) => {
    expect(new Stepping().press(key).effects).toEqual([{ kind }])
    expect(new Stepping().press('?', key).effects).toEqual([{ kind }])
  })

  it('that mean nothing say so', () => {
    expect(new Stepping().press('x').model.notice).toBe('That key does nothing; ? shows the keys.')
  })
})
