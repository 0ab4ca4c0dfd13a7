import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createWatch } from '../../../tools/support/watch.ts'
import { scratchDirectory } from '../../support/scratch.ts'

const watching = () => {
  const watch = createWatch()
  onTestFinished(() => watch.close())
  return watch
}

it('what happens in a directory is told, also when nobody was waiting', async () => {
  const [one, two] = [await scratchDirectory(), await scratchDirectory()]
  const watch = watching()
  watch.add(one)
  watch.add(two)
  await writeFile(join(two, 'file'), 'x')
  // The system may take a moment to tell it, and by then it may be time to look anyway.
  let changed = await watch.changed()
  while (!changed(two)) changed = await watch.changed()
  expect(changed(two)).toBe(true)
})

it('where nothing can be watched, it is time to look now and then', async () => {
  const dir = join(await scratchDirectory(), 'later')
  const watch = watching()
  watch.add(dir)
  expect((await watch.changed())(dir)).toBe(true)
  await mkdir(dir)
  watch.add(dir)
  expect((await watch.changed())(dir)).toBe(true)
})
