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
  /** What paths have been found to name, until a name changes. */
  readonly #found = new Map<string, NodeId>()
  #pending: readonly Naming[] = []
  #operations = 0

  /** A disk that holds these nodes, all durable; an empty one if there are none. */
  constructor(
    nodes: Iterable<readonly [NodeId, Node]> = [
      [rootDirectory, { kind: 'directory', durable: noNames, current: noNames }],
    ],
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

  node(id: NodeId): Node {
    const node = this.#nodes.get(id)
    if (node === undefined) throw new Error(`there is no node ${id}`)
    return node
  }

  file(id: NodeId): FileNode {
    const node = this.node(id)
    if (node.kind !== 'file') throw new Error(`node ${id} is no file`)
    return node
  }

  directory(id: NodeId): DirectoryNode {
    const node = this.node(id)
    if (node.kind !== 'directory') throw new Error(`node ${id} is no directory`)
    return node
  }

  /** What a path, which is absolute, names now; undefined for nothing. */
  find(path: string): NodeId | undefined {
    const known = path === '/' ? rootDirectory : this.#found.get(path)
    if (known !== undefined) return known
    const slash = path.lastIndexOf('/')
    const parent = this.find(slash === 0 ? '/' : path.slice(0, slash))
    const node = parent === undefined ? undefined : this.node(parent)
    const id = node?.kind === 'directory' ? node.current.get(path.slice(slash + 1)) : undefined
    if (id !== undefined) this.#found.set(path, id)
    return id
  }

  /** What a file holds now. */
  content(id: NodeId): Uint8Array {
    const { versions } = this.file(id)
    return (versions.at(-1) ?? versions[0]).bytes
  }

  /** The names of files of which something is not durable. */
  *looseFiles(): Generator<string> {
    for (const node of this.#nodes.values()) {
      if (node.kind === 'file') continue
      for (const [name, id] of node.current) {
        const child = this.#nodes.get(id)
        if (child?.kind === 'file' && child.versions.length > 1) yield name
      }
    }
  }

  apply(operation: Operation): void {
    const at = this.#operations
    this.#operations += 1
    switch (operation.kind) {
      case 'create':
        this.#nodes.set(operation.node, operation.what === 'file' ? emptyFile(at) : emptyDirectory)
        this.#name(at, { ...operation.entry, node: operation.node })
        break
      case 'rename': {
        const node = this.directory(operation.from.directory).current.get(operation.from.name)
        this.#name(at, { ...operation.from, node: undefined }, { ...operation.to, node })
        break
      }
      case 'remove':
        this.#name(at, { ...operation.entry, node: undefined })
        break
      case 'append':
        this.#write(at, operation.file, Buffer.concat([this.content(operation.file), operation.bytes]))
        break
      case 'truncate':
        this.#write(at, operation.file, resized(this.content(operation.file), operation.size))
        break
      case 'datasync':
        this.#datasync(operation.file, operation.since)
        break
      case 'sync-directory':
        this.#syncDirectory(operation.directory, operation.since)
        break
    }
  }

  #write(at: number, id: NodeId, bytes: Uint8Array): void {
    const { versions } = this.file(id)
    this.#nodes.set(id, { kind: 'file', versions: [...versions, { at, bytes }] })
  }

  #name(at: number, ...changes: NameChange[]): void {
    this.#found.clear()
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
const resized = (bytes: Uint8Array, size: number): Uint8Array => {
  const after = new Uint8Array(size)
  after.set(bytes.subarray(0, size))
  return after
}
