import { basename, dirname } from 'node:path'
import type { ProjectId } from '../../events/index.ts'
import { projectDirectory, quarantine, segmentBase, snapshotOffset } from '../../src/log/format.ts'
import { sha256 } from '../../src/platform/hash.ts'
import { entityFolders } from '../../src/store/entity-file.ts'
import type { Files } from '../support/simulated-disk/tree.ts'
import type { Attempt } from './attempt.ts'
import { dataDir } from './server.ts'
import type { Expectation } from './timeline.ts'

/**
 * Snapshots and checkpoints are under their names whole or not at all, and a snapshot that was said to be kept, or a newer
 * one, is there.
 */
export const expectWholeFiles = (files: Files, expected: Expectation | undefined): void => {
  for (const [path, bytes] of files) {
    const isSnapshot = snapshotOffset(basename(path)) !== undefined
    const isCheckpoint = path.startsWith(`${dataDir}/checkpoints/`) && path.endsWith('.json')
    if ((isSnapshot && !isWholeSnapshot(bytes)) || (isCheckpoint && !isJson(bytes))) throw new Error(`${path} is torn`)
  }
  for (const [id, { snapshot }] of expected ?? []) {
    const offsets = [...files.keys()]
      .filter((path) => dirname(path) === projectDirectory(dataDir, id))
      .map((path) => snapshotOffset(basename(path)) ?? 0)
    if (snapshot > Math.max(0, ...offsets))
      throw new Error(`${id}: the snapshot of offset ${snapshot} was kept, and is gone`)
  }
}

const whole = new WeakSet<Uint8Array>()

const once =
  (check: (text: string) => boolean) =>
  (bytes: Uint8Array): boolean => {
    if (whole.has(bytes)) return true
    const isWhole = check(Buffer.from(bytes).toString())
    if (isWhole) whole.add(bytes)
    return isWhole
  }

const isWholeSnapshot = once((text) => {
  const [, body, digest] = /^(.*\n)\],"sha256":"([0-9a-f]{64})"\}\n$/s.exec(text) ?? []
  return body !== undefined && sha256(body) === digest
})

const isJson = once((text) => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
})

const folders = Object.values(entityFolders).map((folder) => `${dataDir}/${folder}/`)
const isEntityFile = (path: string): boolean =>
  path.endsWith('.json') && folders.some((folder) => path.startsWith(folder))

/** Whether a start has made entity files, or made them anew, or removed them. */
export const isBehind = (before: Files, after: Files): boolean =>
  [...new Set([...before.keys(), ...after.keys()])].some(
    (path) => isEntityFile(path) && Buffer.compare(before.get(path) ?? nothing, after.get(path) ?? nothing) !== 0,
  )

const nothing = new Uint8Array()

/** Every entity has its file, and, where nothing that was told can be lost, there is no other. */
export const expectEntityFiles = (
  files: Files,
  recovered: ReadonlyMap<ProjectId, Attempt>,
  isStrict: boolean,
): void => {
  const wanted = wantedFiles(recovered)
  for (const [path, texts] of wanted) {
    const file = files.get(path)
    if (file === undefined) throw new Error(`${path} is missing`)
    // Where records are lost, two projects may believe that they have the same session.
    if (isStrict && texts.length > 1) throw new Error(`${path} is of two projects`)
    if (!texts.some((bytes) => bytes.equals(file))) throw new Error(`${path} holds ${Buffer.from(file)}`)
  }
  const others = [...files.keys()].filter((path) => isEntityFile(path) && !wanted.has(path))
  if (isStrict && others.length > 0) throw new Error(`there is nothing that ${others} could be about`)
}

const wantedFiles = (recovered: ReadonlyMap<ProjectId, Attempt>): Map<string, Buffer[]> => {
  const wanted = new Map<string, Buffer[]>()
  for (const [path, bytes] of [...recovered.values()].flatMap(({ truth }) => [...truth.files])) {
    wanted.set(path, [...(wanted.get(path) ?? []), bytes])
  }
  return wanted
}

/** What a recovery has taken out of logs. */
export const takenFrom = (before: Files, after: Files): Uint8Array[] =>
  [...before]
    .filter(([path]) => segmentBase(basename(path)) !== undefined)
    .map(([path, bytes]) => bytes.subarray(after.get(path)?.length ?? 0))
    .filter(({ length }) => length > 0)

/** Nothing that is taken out of a log is thrown away. */
export const expectSetAside = (files: Files, taken: readonly Uint8Array[]): void => {
  const kept = [...files].filter(([path]) => basename(dirname(path)) === quarantine).map(([, bytes]) => bytes)
  for (const bytes of taken) {
    if (!kept.some((copy) => Buffer.compare(copy, bytes) === 0))
      throw new Error(`${bytes.length} bytes of a log are gone`)
  }
}

/** What several projects want, since records were lost, may be written in turn. */
export const expectUnchanged = (before: Files, after: Files, recovered: ReadonlyMap<ProjectId, Attempt>): void => {
  const wanted = wantedFiles(recovered)
  for (const path of new Set([...before.keys(), ...after.keys()])) {
    if ((wanted.get(path)?.length ?? 0) > 1) continue
    const [old, now] = [before.get(path), after.get(path)]
    if (old === undefined || now === undefined || Buffer.compare(old, now) !== 0) {
      throw new Error(`a second start changed ${path}`)
    }
  }
}
