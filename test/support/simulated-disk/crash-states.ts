import type { Random } from '../../../src/platform/random.ts'
import { contentAfterCut } from './content-after-cut.ts'
import { type DirectoryNode, DiskState, type Node, renamed } from './disk-state.ts'
import { type NodeId, rootDirectory } from './operation.ts'
import type { Recording } from './recorder.ts'

/** Picks one of `count` possibilities, 0 to `count` - 1: the first is the oldest one, the last the newest. */
export type Choose = (count: number) => number

/** What is on a disk after a power cut. All of it is durable. */
export interface CrashState {
  readonly state: DiskState
  /** What was chosen, in order: it makes the same state again. */
  readonly choices: readonly number[]
}

/** A disk between two operations of a recording. The state is good until the next point is asked for. */
export interface Point {
  readonly state: DiskState
  /** How many operations of the recording came before. */
  readonly operations: number
}

/** Every point of a recording: before its first operation, after each, and after the last. */
export function* pointsOf({ start, operations }: Recording): Generator<Point> {
  const state = start.fork()
  yield { state, operations: 0 }
  for (const [before, operation] of operations.entries()) {
    state.apply(operation)
    yield { state, operations: before + 1 }
  }
}

/**
 * What may be left of a disk when the power is cut: every possibility if there are at most `limit`; else as many, among
 * them that all is lost that can be, and that nothing is.
 */
export function* crashStates(state: DiskState, random: Random, limit: number): Generator<CrashState> {
  const most = chosen(state, newest)
  if (most.count <= limit) {
    yield* everyState(state)
    return
  }
  yield chosen(state, oldest)
  yield most
  for (let sampled = 2; sampled < limit; sampled += 1) yield chosen(state, byChance(random))
}

/** What is left for sure. */
export const powerCut = (state: DiskState): DiskState => stateAfterCut(state, oldest)

/** What is there once the system has written everything. */
export const allWritten = (state: DiskState): DiskState => stateAfterCut(state, newest)

const oldest: Choose = () => 0
const newest: Choose = (count) => count - 1

/** Now and then nearly all is lost, now and then nearly nothing; the ends of a range are as likely as all between. */
const byChance = (random: Random): Choose => {
  const kept = 0.05 + 0.9 * random()
  return (count) => {
    if (count > 2 && random() < 0.5) return Math.floor(random() * count)
    return random() < kept ? count - 1 : 0
  }
}

/** Goes through all choices like an odometer: the last one that can move on does, and those after it begin anew. */
function* everyState(state: DiskState): Generator<CrashState> {
  let script: number[] | undefined = []
  while (script !== undefined) {
    const counts: number[] = []
    const scripted: readonly number[] = script
    const crash = chosen(state, (count) => scripted[counts.push(count) - 1] ?? 0)
    yield crash
    const last = crash.choices.findLastIndex((choice, i) => choice + 1 < (counts[i] ?? 0))
    script = last === -1 ? undefined : [...crash.choices.slice(0, last), (crash.choices[last] ?? 0) + 1]
  }
}

/** The state that comes of some choices, with the choices, and how many others there would have been. */
const chosen = (state: DiskState, choose: Choose): CrashState & { readonly count: number } => {
  const choices: number[] = []
  let possibilities = 1
  const after = stateAfterCut(state, (count) => {
    const choice = choose(count)
    choices.push(choice)
    possibilities *= count
    return choice
  })
  return { state: after, choices, count: possibilities }
}

const stateAfterCut = (state: DiskState, choose: Choose): DiskState => {
  const directories = directoriesAfterCut(state, choose)
  const nodes = new Map<NodeId, Node>()
  const visit = (id: NodeId): void => {
    const node = directories.get(id) ?? state.node(id)
    if (node.kind === 'file') {
      nodes.set(id, { kind: 'file', versions: [{ at: 0, bytes: contentAfterCut(node.versions, choose) }] })
      return
    }
    nodes.set(id, { ...node, current: node.durable })
    for (const child of node.durable.values()) visit(child)
  }
  visit(rootDirectory)
  return new DiskState(nodes)
}

/**
 * Directories that some changes of names may have reached. Which have is free, in any order: POSIX promises none. Only, a
 * name that a rename has freed can be taken again when the rename has happened, all of it.
 */
const directoriesAfterCut = (state: DiskState, choose: Choose): ReadonlyMap<NodeId, DirectoryNode> => {
  const touched = new Set<string>()
  const kept = state.pending.toReversed().filter(({ changes }) => {
    const isRename = changes.length > 1
    const isNeeded = isRename && changes.some((change) => change.node === undefined && touched.has(keyOf(change)))
    if (!isNeeded && choose(2) === 0) return false
    for (const change of changes) touched.add(keyOf(change))
    return true
  })
  const directories = new Map<NodeId, DirectoryNode>()
  for (const change of kept.toReversed().flatMap(({ changes }) => changes)) {
    const directory = directories.get(change.directory) ?? state.directory(change.directory)
    directories.set(change.directory, { ...directory, durable: renamed(directory.durable, change) })
  }
  return directories
}

const keyOf = ({ directory, name }: { readonly directory: NodeId; readonly name: string }): string =>
  `${directory}/${name}`
