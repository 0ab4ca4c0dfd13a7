import { describe, expect, it } from 'vitest'
import { runStepper } from '../../../../tools/log-replay/stepper/stepper.ts'
import type { Terminal, TerminalListener } from '../../../../tools/log-replay/stepper/terminal.ts'
import { projectCreated, taskCreated } from '../../../support/events.ts'
import { logOf } from '../../../support/history-logs.ts'
import { task } from '../../../support/vocabulary.ts'

const events = [
  projectCreated({ name: 'Apollo' }),
  ...['a', 'b', 'c'].map((name) => taskCreated(task(name), { title: name })),
]

/** A terminal that only remembers what was drawn. */
class PaperTerminal implements Terminal {
  readonly size = () => ({ columns: 80, rows: 24 })
  listener: TerminalListener | undefined
  closed = 0
  suspended = 0
  #screen: readonly string[] = []
  readonly #waiting = new Set<() => void>()

  open(listener: TerminalListener): void {
    this.listener = listener
    listener.resized(this.size())
  }
  draw(lines: readonly string[]): void {
    expect(this.closed).toBe(0)
    this.#screen = lines
    for (const look of this.#waiting) look()
  }
  suspend(): void {
    this.suspended += 1
  }
  close(): void {
    this.closed += 1
  }
  press(...keys: readonly string[]): void {
    for (const key of keys) this.listener?.key(key)
  }
  /** Resolves when something is drawn. */
  shows(what: string): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!this.#screen.join('\n').includes(what)) return
        this.#waiting.delete(look)
        resolve()
      }
      this.#waiting.add(look)
      look()
    })
  }
}

const run = async (at = 0) => {
  const terminal = new PaperTerminal()
  const over = runStepper({ log: await logOf(events), title: 'Apollo', at, terminal, paint: (text) => text })
  return { terminal, over }
}

describe('the stepper', () => {
  it('shows what it is asked for until somebody quits', async () => {
    const { terminal, over } = await run()
    await terminal.shows('somebody created the project "Apollo"')
    terminal.press('right', 'right')
    await terminal.shows('▶ 2')
    terminal.press('g', '1', 'return')
    await terminal.shows('▶ 1')
    terminal.press('/', 'c', 'r', 'e', 'a', 't', 'e', 'd', 'return')
    await terminal.shows('▶ 2')
    terminal.press('f')
    await terminal.shows('following b: 1 record ')
    terminal.press('ctrl-z')
    expect(terminal.suspended).toBe(1)
    terminal.press('q')
    await over
    expect(terminal.closed).toBe(1)
  })

  it('tells what the log refuses, and goes on', async () => {
    const { terminal, over } = await run()
    terminal.press('g', 'x', 'return')
    await terminal.shows('A moment must be an offset')
    terminal.press('F', 'z', 'return')
    await terminal.shows('There is no task or session z in this log')
    terminal.press('/', 'q', 'q', 'return')
    await terminal.shows('Nothing with qq after this record')
    terminal.press('q')
    await over
  })

  it('draws nothing after it is over, whatever is still under way', async () => {
    const { terminal, over } = await run()
    terminal.press('right', 'G', 'f', 'q')
    await over
    expect(terminal.closed).toBe(1)
  })

  it('ends when nobody is there any more', async () => {
    const { terminal, over } = await run()
    terminal.listener?.gone()
    await over
    expect(terminal.closed).toBe(1)
  })

  it('gives the terminal back when it fails, and fails with the reason', async () => {
    const { terminal, over } = await run()
    await terminal.shows('▶ 0')
    terminal.draw = () => {
      throw new RangeError('no more ink')
    }
    terminal.press('right')
    await expect(over).rejects.toThrow('no more ink')
    expect(terminal.closed).toBe(1)
  })
})
