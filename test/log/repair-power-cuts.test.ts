import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { FileSystem } from '../../src/platform/file-system.ts'
import { createHasher, sha256 } from '../../src/platform/hash.ts'
import { mulberry32 } from '../../tools/load-history/chance.ts'
import { type RepairReport, repairLog } from '../../tools/log-repair/repair.ts'
import { contents, dataDir, opening, setAside } from '../support/damaged-logs.ts'
import { diskOf, part, type Scene, scenes, segmentsIn, taken } from '../support/damaged-scenes.ts'
import { snapshotsOn } from '../support/log-snapshots.ts'
import { MemoryFileSystem } from '../support/memory-file-system.ts'
import { crashStates, pointsOf, powerCut } from '../support/simulated-disk/crash-states.ts'
import type { DiskState } from '../support/simulated-disk/disk-state.ts'
import { SimulatedDisk } from '../support/simulated-disk/simulated-disk.ts'
import { filesOf } from '../support/simulated-disk/tree.ts'
import { projectId } from '../support/vocabulary.ts'

/** The same cuts in every run. */
const seed = 1
/** States looked at for each moment of a power cut. */
const statesEach = 6

const repair = (fs: FileSystem): Promise<RepairReport> =>
  repairLog({ fs, sha256, createHasher, dataDir, projectId, yes: true, onProgress: () => {} })

/** A disk on which the files of a scene are durable. */
const durable = async (scene: Scene): Promise<DiskState> => {
  const disk = new SimulatedDisk()
  const source = await diskOf(scene)
  for (const path of source.paths()) {
    await disk.makeDirectory(dirname(path))
    const file = await disk.open(path, 'create')
    file.appendSync(source.content(path))
    await file.datasync()
    await file.close()
    for (let dir = dirname(path); ; dir = dirname(dir)) {
      await disk.syncDirectory(dir)
      if (dir === '/') break
    }
  }
  return powerCut(disk.state)
}

/** What a power cut left, to go on with. */
const whatIsLeft = (state: DiskState): MemoryFileSystem => {
  const disk = new MemoryFileSystem()
  for (const [path, bytes] of filesOf(state)) disk.put(path, bytes)
  return disk
}

describe(`a power cut during a repair (seed ${seed})`, () => {
  it.each(scenes)('of %s loses nothing but what was to go, and that is in the copies', async (...scene) => {
    const [, , good] = scene
    const before = contents(await diskOf(scene))
    const expected = await taken(scene)
    const disk = new SimulatedDisk(await durable(scene))
    await repair(disk)
    const random = mulberry32(seed)
    for (const point of pointsOf(disk)) {
      for (const { state } of crashStates(point.state, random, statesEach)) {
        const left = whatIsLeft(state)
        if (snapshotsOn(left).some((name) => Number(/\d+/.exec(name)) > good)) {
          expect(contents(left)).toMatchObject(segmentsIn(before))
        }
        expect((await opening(left.clone())).text).toBe(part(0, good).toString())
        await repair(left)
        expect((await opening(left)).status).toEqual({ kind: 'open' })
        expect(Object.values(setAside(left))).toEqual(expect.arrayContaining(expected))
      }
    }
    // Once it is done, it stays done.
    for (const { state } of crashStates(disk.state, random, statesEach)) {
      expect(await repair(whatIsLeft(state))).toMatchObject({ status: 'ok', remains: { records: good } })
    }
  })
})
