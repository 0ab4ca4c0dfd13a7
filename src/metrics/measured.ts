import type { Log } from '../log/log.ts'
import type { Snapshots } from '../log/snapshots.ts'
import type { Stopwatch } from '../platform/clock.ts'
import type { File, FileSystem } from '../platform/file-system.ts'
import type { Distribution, Meters } from '../platform/metrics.ts'

/** Tells a distribution how long something took that went well, in seconds. */
const timed = async <T>(stopwatch: Stopwatch, durations: Distribution, act: () => Promise<T>): Promise<T> => {
  const began = stopwatch()
  const result = await act()
  durations.observe((stopwatch() - began) / 1000)
  return result
}

/** A file system whose syncs and appended bytes are measured. To be given to the log alone, since others write as well. */
export const measuredFileSystem = (
  fs: FileSystem,
  stopwatch: Stopwatch,
  { syncs, appendedBytes }: Pick<Meters, 'syncs' | 'appendedBytes'>,
): FileSystem => {
  const measured = (file: File): File => ({
    size: () => file.size(),
    read: (buffer, position) => file.read(buffer, position),
    appendSync: (bytes) => {
      const taken = file.appendSync(bytes)
      appendedBytes.add(taken)
      return taken
    },
    append: (bytes) => file.append(bytes),
    datasync: () => timed(stopwatch, syncs, () => file.datasync()),
    truncate: (size) => file.truncate(size),
    close: () => file.close(),
  })
  return {
    open: async (path, mode) => measured(await fs.open(path, mode)),
    readFile: (path) => fs.readFile(path),
    list: (dir) => fs.list(dir),
    makeDirectory: (path) => fs.makeDirectory(path),
    rename: (from, to) => fs.rename(from, to),
    remove: (path) => fs.remove(path),
    removeTree: (path) => fs.removeTree(path),
    syncDirectory: (path) => fs.syncDirectory(path),
  }
}

type AppendMeters = Pick<Meters, 'appends' | 'refusedAppends' | 'batches'>

/** A log whose appends are measured: once a batch, so that nothing is added to what a record costs. */
export const measuredLog = (log: Log, stopwatch: Stopwatch, meters: AppendMeters): Log => ({
  list: () => log.list(),
  replay: (projectId, from, visit) => log.replay(projectId, from, visit),
  append: async (projectId, expected, drafts) => {
    try {
      const result = await timed(stopwatch, meters.appends, () => log.append(projectId, expected, drafts))
      if (result.kind === 'committed') meters.batches.observe(result.lines.length)
      return result
    } catch (error) {
      meters.refusedAppends.add()
      throw error
    }
  },
  read: (projectId, from, limit) => log.read(projectId, from, limit),
  head: (projectId) => log.head(projectId),
  status: (projectId) => log.status(projectId),
  moved: (projectId, offset, signal) => log.moved(projectId, offset, signal),
  close: () => log.close(),
})

/** Snapshots whose writing is measured, with the rests in between that it takes. */
export const measuredSnapshots = (
  snapshots: Snapshots,
  stopwatch: Stopwatch,
  meters: Pick<Meters, 'snapshots' | 'failedSnapshots'>,
): Snapshots => ({
  list: (projectId) => snapshots.list(projectId),
  read: (projectId, offset) => snapshots.read(projectId, offset),
  write: async (projectId, offset, header, slices) => {
    try {
      await timed(stopwatch, meters.snapshots, () => snapshots.write(projectId, offset, header, slices))
    } catch (error) {
      meters.failedSnapshots.add()
      throw error
    }
  },
  remove: (projectId, offset) => snapshots.remove(projectId, offset),
})
