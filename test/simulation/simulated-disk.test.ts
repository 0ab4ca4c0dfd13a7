import { beforeEach, describe, expect, it } from 'vitest'
import { mulberry32 } from '../../tools/load-history/chance.ts'
import { crashStates, pointsOf, powerCut } from '../support/simulated-disk/crash-states.ts'
import { SimulatedDisk } from '../support/simulated-disk/simulated-disk.ts'
import { filesOf } from '../support/simulated-disk/tree.ts'

let disk: SimulatedDisk
beforeEach(() => {
  disk = new SimulatedDisk()
})

const write = async (path: string, text: string): Promise<void> => {
  const file = await disk.open(path, 'append')
  file.appendSync(Buffer.from(text))
}
const sync = async (path: string): Promise<void> => (await disk.open(path, 'append')).datasync()

/** Everything that a power cut may leave, as names with contents, each once. */
const outcomes = (limit = 100_000): Set<string> => {
  const states = [...crashStates(disk.state, mulberry32(1), limit)].map(({ state }) => filesOf(state))
  return new Set(states.map((files) => [...files].map(([path, bytes]) => `${path}=${shown(bytes)}`).join(' ')))
}
const shown = (bytes: Uint8Array): string => Buffer.from(bytes).toString().replaceAll('\0', '.')
const left = (): string[] => [...filesOf(powerCut(disk.state))].map(([path, bytes]) => `${path}=${shown(bytes)}`)

describe('a power cut', () => {
  it('takes a file whose name was not synced, however well its content was', async () => {
    await write('/a', 'x')
    await sync('/a')
    expect(outcomes()).toEqual(new Set(['', '/a=x']))
    await disk.syncDirectory('/')
    expect(outcomes()).toEqual(new Set(['/a=x']))
  })

  it('takes what was written since the last sync, from any byte on or in whole sectors', async () => {
    await write('/a', 'ab')
    await disk.syncDirectory('/')
    expect(outcomes()).toEqual(new Set(['/a=', '/a=a', '/a=.', '/a=ab', '/a=..']))
    await sync('/a')
    expect(outcomes()).toEqual(new Set(['/a=ab']))
  })

  it('leaves what was durable in a sector when it takes what was written behind it', async () => {
    await write('/a', 'ab')
    await sync('/a')
    await disk.syncDirectory('/')
    await write('/a', 'cd')
    expect(outcomes()).toEqual(new Set(['/a=ab', '/a=abc', '/a=ab.', '/a=abcd', '/a=ab..']))
  })

  it('takes each sector on its own', async () => {
    await write('/a', ['1'.repeat(512), '2'.repeat(512), '3'].join(''))
    await disk.syncDirectory('/')
    const whole = [...outcomes()].map((one) => one.slice('/a='.length)).filter(({ length }) => length === 1025)
    expect(whole.map((one) => `${one[0]}${one[512]}${one[1024]}`).sort()).toEqual(
      ['...', '..3', '.2.', '.23', '1..', '1.3', '12.', '123'].sort(),
    )
  })

  it('may take back a truncation, or show what was written after it without it', async () => {
    await write('/a', 'abcd')
    await sync('/a')
    await disk.syncDirectory('/')
    const file = await disk.open('/a', 'append')
    await file.truncate(1)
    file.appendSync(Buffer.from('X'))
    expect(outcomes()).toEqual(new Set(['/a=abcd', '/a=a...', '/a=aX..', '/a=a', '/a=ab', '/a=aX', '/a=a.']))
  })

  it('takes a rename whole or not at all, and what the file held if that was not synced', async () => {
    await write('/old', 'o')
    await sync('/old')
    await write('/new', 'n')
    await disk.syncDirectory('/')
    await disk.rename('/new', '/old')
    expect(outcomes()).toEqual(new Set(['/old=', '/old=n', '/old=.', ...both('o', ['', 'n', '.'])]))
  })
  const both = (old: string, contents: string[]): string[] => contents.map((one) => `/old=${old} /new=${one}`)

  it('takes changes of names in any order', async () => {
    for (const name of ['/a', '/b']) await write(name, '')
    expect(outcomes()).toEqual(new Set(['', '/a=', '/b=', '/a= /b=']))
    await disk.syncDirectory('/')
    for (const name of ['/a', '/b']) await disk.remove(name)
    expect(outcomes()).toEqual(new Set(['', '/a=', '/b=', '/a= /b=']))
  })

  it('cannot show a name again that a rename has freed without what the rename did', async () => {
    await write('/a', '')
    await disk.syncDirectory('/')
    await disk.rename('/a', '/b')
    await disk.open('/a', 'create')
    expect(outcomes()).toEqual(new Set(['/a=', '/b=', '/b= /a=']))
  })

  it('takes all that is in a directory whose name was not synced', async () => {
    await disk.makeDirectory('/dir/deep')
    await write('/dir/deep/a', 'x')
    await sync('/dir/deep/a')
    await disk.syncDirectory('/dir/deep')
    await disk.syncDirectory('/')
    expect(outcomes()).toEqual(new Set(['', '/dir/deep/a=x']))
    await disk.syncDirectory('/dir')
    expect(outcomes()).toEqual(new Set(['/dir/deep/a=x']))
  })

  it('knows a rename between two directories by a sync of either', async () => {
    for (const dir of ['/x', '/y']) await disk.makeDirectory(dir)
    await write('/x/a', '')
    for (const dir of ['/', '/x']) await disk.syncDirectory(dir)
    await disk.rename('/x/a', '/y/a')
    expect(outcomes()).toEqual(new Set(['/x/a=', '/y/a=']))
    await disk.syncDirectory('/y')
    expect(outcomes()).toEqual(new Set(['/y/a=']))
  })

  it('leaves nothing to chance that is durable, and what it leaves is', async () => {
    await write('/a', 'x')
    await sync('/a')
    await disk.syncDirectory('/')
    await write('/b', 'y')
    expect(left()).toEqual(['/a=x'])
    const after = new SimulatedDisk(powerCut(disk.state))
    expect([...crashStates(after.state, mulberry32(1), 10)]).toHaveLength(1)
  })
})

describe('a sync', () => {
  it('does not vouch for what was written while it was under way', async () => {
    const turns: Array<() => void> = []
    disk = new SimulatedDisk(undefined, () => new Promise((resolve) => turns.push(resolve)))
    const goOn = async (): Promise<void> => {
      turns.shift()?.()
      await Promise.resolve()
      await Promise.resolve()
    }
    const opening = disk.open('/a', 'create')
    await goOn()
    const file = await opening
    file.appendSync(Buffer.from('a'))
    const syncing = file.datasync()
    await goOn()
    file.appendSync(Buffer.from('b'))
    await goOn()
    await syncing
    const naming = disk.syncDirectory('/')
    for (let turn = 0; turn < 2; turn += 1) await goOn()
    await naming
    expect(outcomes()).toEqual(new Set(['/a=a', '/a=ab', '/a=a.']))
  })
})

describe('the states after a power cut', () => {
  it('are all there are where there are few, and else so many, the extremes among them', async () => {
    await disk.open('/file', 'create')
    await disk.syncDirectory('/')
    await write('/file', 'x'.repeat(600))
    expect([...crashStates(disk.state, mulberry32(1), 10)]).toHaveLength(10)
    const sizes = [...crashStates(disk.state, mulberry32(1), 2)].map(({ state }) => filesOf(state).get('/file')?.length)
    expect(sizes).toEqual([0, 600])
  })

  it('are the same for the same seed', async () => {
    await write('/file', 'x'.repeat(5000))
    const choices = () => [...crashStates(disk.state, mulberry32(7), 20)].map((crash) => crash.choices)
    expect(choices()).toEqual(choices())
  })
})

describe('a recording', () => {
  it('shows every point, each as it was', async () => {
    await write('/a', 'x')
    await disk.remove('/a')
    const seen = [...pointsOf(disk)].map(({ operations }) => operations)
    expect(seen).toEqual([0, 1, 2, 3])
    const files: string[][] = []
    for (const { state } of pointsOf(disk)) files.push([...filesOf(state)].map(([path, bytes]) => path + shown(bytes)))
    expect(files).toEqual([[], ['/a'], ['/ax'], []])
  })
})
