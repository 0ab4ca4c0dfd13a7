import { type Entry, type NodeId, type Operation, rootDirectory } from './operation.ts'

/** A content that a file has had since it was last known to be durable. */
export interface Version {
  /** Number of the operation that made it. */
  readonly at: number
  readonly bytes: Uint8Array
}

/** The first version is durable, the last is what the file holds now. Bytes are never written to. */
export interface FileNode {
  readonly kind: 'file'
  readonly versions: readonly [Version, ...Version[]]
}

export type Names = ReadonlyMap<string, NodeId>

export interface DirectoryNode {
  readonly kind: 'directory'
  readonly durable: Names
  readonly current: Names
}

export type Node = FileNode | DirectoryNode

/** What a name stands for after an operation; undefined for nothing. */
export interface NameChange extends Entry {
  readonly node: NodeId | undefined
}

/** Changes of names that happen together or not at all, and that no sync of their directory has made durable yet. */
export interface Naming {
  readonly at: number
  readonly changes: readonly NameChange[]
}

export const noNames: Names = new Map()

/**
 * All that a disk and the cache in front of it hold: what is durable, and every change since. Nodes are values, so that a
 * fork shares all that it does not change.
 */
export class DiskState {
  readonly #nodes: Map<NodeId, Node>
  #pending: readonly Naming[] = []
  #operations = 0

  /** A disk that holds these nodes, all durable; an empty one if there are none. */
  constructor(
    nodes: Iterable<readonly [NodeId, Node]> = [[rootDirectory, { kind: 'directory', durable: noNames, current: noNames }]],
  ) {
    this.#nodes = new Map(nodes)
  }

  /** The same state, with a life of its own from now on. */
  fork(): DiskState {
    const fork = new DiskState(this.#nodes)
    fork.#pending = this.#pending
    fork.#operations = this.#operations
    return fork
  }

  /** How many operations it has seen. */
  get operations(): number {
    return this.#operations
  }

  /** The changes of names that are not durable, the first one first. */
  get pending(): readonly Naming[] {
    return this.#pending
  }

  /** A number that no node has. */
  get freeNode(): NodeId {
    return Math.max(...this.#nodes.keys()) + 1
  }

  file(id: NodeId): FileNode {
    const node = this.#nodes.get(id)
    if (node?.kind !== 'file') throw new Error(`node ${id} is no file`)
    return node
  }

  directory(id: NodeId): DirectoryNode {
    const node = this.#nodes.get(id)
    if (node?.kind !== 'directory') throw new Error(`node ${id} is no directory`)
    return node
  }

  node(id: NodeId): Node | undefined {
    return this.#nodes.get(id)
  }

  /** What a file holds now. */
  content(id: NodeId): Uint8Array {
    const { versions } = this.file(id)
    return (versions.at(-1) ?? versions[0]).bytes
  }

  apply(operation: Operation): void {
    const at = this.#operations
    this.#operations += 1
    switch (operation.kind) {
      case 'create':
        this.#nodes.set(operation.node, operation.what === 'file' ? emptyFile(at) : emptyDirectory)
        return this.#name(at, [{ ...operation.entry, node: operation.node }])
      case 'rename': {
        const node = this.directory(operation.from.directory).current.get(operation.from.name)
        return this.#name(at, [{ ...operation.from, node: undefined }, { ...operation.to, node }])
      }
      case 'remove':
        return this.#name(at, [{ ...operation.entry, node: undefined }])
      case 'append':
        return this.#write(operation.file, { at, bytes: Buffer.concat([this.content(operation.file), operation.bytes]) })
      case 'truncate':
        return this.#write(operation.file, { at, bytes: resized(this.content(operation.file), operation.size) })
      case 'datasync':
        return this.#datasync(operation.file, operation.since)
      case 'sync-directory':
        return this.#syncDirectory(operation.directory, operation.since)
    }
  }

  #write(file: NodeId, version: Version): void {
    const { versions } = this.file(file)
    this.#nodes.set(file, { kind: 'file', versions: [...versions, version] })
  }

  #name(at: number, changes: readonly NameChange[]): void {
    for (const change of changes) {
      const directory = this.directory(change.directory)
      this.#nodes.set(change.directory, { ...directory, current: renamed(directory.current, change) })
    }
    this.#pending = [...this.#pending, { at, changes }]
  }

  #datasync(file: NodeId, since: number): void {
    const { versions } = this.file(file)
    const durable = versions.findLast(({ at }) => at < since) ?? versions[0]
    this.#nodes.set(file, { kind: 'file', versions: [durable, ...versions.filter(({ at }) => at > durable.at)] })
  }

  /** A rename between two directories is one change: a sync of one takes it along, and what came before it in the other. */
  #syncDirectory(id: NodeId, since: number): void {
    const directories = new Set([id])
    const synced = new Set<Naming>()
    for (const naming of this.#pending.toReversed()) {
      if (naming.at >= since || !naming.changes.some(({ directory }) => directories.has(directory))) continue
      synced.add(naming)
      for (const { directory } of naming.changes) directories.add(directory)
    }
    for (const change of this.#pending.flatMap((naming) => (synced.has(naming) ? naming.changes : []))) {
      const directory = this.directory(change.directory)
      this.#nodes.set(change.directory, { ...directory, durable: renamed(directory.durable, change) })
    }
    this.#pending = this.#pending.filter((naming) => !synced.has(naming))
  }
}

const emptyFile = (at: number): FileNode => ({ kind: 'file', versions: [{ at, bytes: new Uint8Array() }] })
const emptyDirectory: DirectoryNode = { kind: 'directory', durable: noNames, current: noNames }

export const renamed = (names: Names, { name, node }: NameChange): Names => {
  const after = new Map(names)
  if (node === undefined) after.delete(name)
  else after.set(name, node)
  return after
}

/** The same bytes, cut off or followed by zeros. */
export const resized = (bytes: Uint8Array, size: number): Uint8Array => {
  const after = new Uint8Array(size)
  after.set(bytes.subarray(0, size))
  return after
}
