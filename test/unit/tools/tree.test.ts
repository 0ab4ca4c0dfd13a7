import { describe, expect, it } from 'vitest'
import type { DomainEvent } from '../../../events/index.ts'
import { treeLines } from '../../../tools/log-replay/tree.ts'
import { paintFor } from '../../../tools/support/style.ts'
import { subtaskCreated, taskAdopted, taskCreated, taskUpdated } from '../../support/events.ts'
import { fold } from '../../support/fold.ts'
import { subtask, task } from '../../support/vocabulary.ts'

const [a, b, c, d] = [task('a'), task('b'), task('c'), task('d')]
const plain = (text: string): string => text
const linesOf = (...events: readonly DomainEvent[]): string[] =>
  [...treeLines(fold(...events).state, { open: false }, plain)].map(({ text }) => text)

describe('a tree of tasks', () => {
  it('has branches, marks, and in brackets what is worth a word', () => {
    const lines = linesOf(
      taskCreated(a, { title: 'A', priority: 'high' }),
      taskCreated(b, { title: 'B', parentId: a }),
      taskCreated(c, { title: 'C', parentId: b }),
      taskCreated(d, { title: 'D', parentId: a }),
      taskUpdated(c, { status: 'blocked' }),
      subtaskCreated(d, subtask('i'), { completed: true }),
      subtaskCreated(d, subtask('j')),
    )
    expect(lines).toEqual(['○ A (high) task_a', '├─ ○ B task_b', '│  └─ ■ C task_c', '└─ ○ D (1/2 subtasks) task_d'])
  })

  it('shows what is below itself, below nothing that is there, or very deep', () => {
    expect(linesOf(taskAdopted(a, { title: 'A', parentId: b }), taskAdopted(b, { title: 'B', parentId: a }))).toEqual([
      '○ A task_a',
      '└─ ○ B task_b',
    ])
    expect(linesOf(taskAdopted(a, { title: 'A', parentId: task('gone') }))).toEqual(['○ A task_a'])
    const deep = Array.from({ length: 300 }, (_, i) =>
      taskAdopted(task(`t${i}`), { parentId: i === 0 ? null : task(`t${i - 1}`) }),
    )
    expect(linesOf(...deep)).toHaveLength(300)
  })

  it('without what is completed keeps what is above something open', () => {
    const { state } = fold(
      taskCreated(a, { title: 'A' }),
      taskCreated(b, { title: 'B', parentId: a }),
      taskCreated(c, { title: 'C', parentId: a }),
      taskUpdated(a, { status: 'completed' }),
      taskUpdated(c, { status: 'completed' }),
    )
    const lines = [...treeLines(state, { open: true }, plain)].map(({ text }) => text)
    expect(lines).toEqual(['✓ A task_a', '└─ ○ B task_b'])
    expect([...treeLines(state, { open: false, root: c }, plain)]).toEqual([{ id: c, text: '✓ C task_c' }])
  })

  it('lets no title speak to the terminal, and colours marks on one', () => {
    const { state } = fold(taskCreated(a, { title: 'x\u001b[31m\n\ny\u202e' }), taskUpdated(a, { status: 'blocked' }))
    const paint = paintFor({ write: () => {}, isTTY: true }, {})
    const [line] = treeLines(state, { open: false }, paint)
    expect(line?.text).toContain('x\\u001b[31m y\\u202e')
    expect(line?.text).toContain('\u001b[31m■\u001b[0m')
  })
})
