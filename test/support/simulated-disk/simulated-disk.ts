import type { DirectoryEntry, File, FileSystem } from '../../../src/platform/file-system.ts'
import { systemError } from '../memory-file-system.ts'
import { DiskState } from './disk-state.ts'
import { type Entry, type NodeId, type Operation, rootDirectory } from './operation.ts'

/** Waits until it is an operation's turn. What decides on the order decides how operations overlap. */
export type Turn = () => Promise<void>

const atOnce: Turn = async () => {}

/** What happened on a disk: how it was, and every operation since that changed it or made a change durable. */
export interface Recording {
  readonly start: DiskState
  readonly operations: readonly Operation[]
}

/**
 * The file-system port over a state in memory that knows what a power cut may take. Records every operation; a sync counts
 * from when it has ended, for what was there when it began. Paths are absolute.
 */
export class SimulatedDisk implements FileSystem, Recording {
  readonly start: DiskState
  readonly operations: Operation[] = []
  /** As it is now. Only to be looked at, and to be forked. */
  readonly state: DiskState
  readonly #turn: Turn
  #nextNode: NodeId

  constructor(start: DiskState = new DiskState(), turn: Turn = atOnce) {
    this.start = start
    this.state = start.fork()
    this.#turn = turn
    this.#nextNode = start.freeNode
  }

  async open(path: string, mode: 'read' | 'append' | 'create'): Promise<File> {
    if (mode !== 'read') await this.#turn()
    const found = this.#find(path)
    if (found === undefined && mode === 'read') throw systemError('ENOENT', path)
    if (found !== undefined && mode === 'create') throw systemError('EEXIST', path)
    return this.#handle(this.#fileAt(path, found ?? this.#create(path, 'file')))
  }

  async readFile(path: string): Promise<Uint8Array> {
    return this.state.content(this.#fileAt(path, this.#find(path))).slice()
  }

  async list(path: string): Promise<DirectoryEntry[]> {
    const id = this.#find(path)
    if (id === undefined) return []
    return [...this.#directoryAt(path, id).current]
      .map(([name, node]): DirectoryEntry => ({ name, kind: this.state.node(node)?.kind ?? 'other' }))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  async makeDirectory(path: string): Promise<string | undefined> {
    if (this.#find(path) !== undefined) return undefined
    await this.#turn()
    return this.#makeAll(path)
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#turn()
    if (this.#find(from) === undefined) throw systemError('ENOENT', from)
    this.#record({ kind: 'rename', from: this.#entry(from), to: this.#entry(to) })
  }

  async remove(path: string): Promise<void> {
    await this.#turn()
    if (this.#find(path) !== undefined) this.#record({ kind: 'remove', entry: this.#entry(path) })
  }

  async removeTree(path: string): Promise<void> {
    for (const { name, kind } of await this.list(path)) {
      await (kind === 'directory' ? this.removeTree(`${path}/${name}`) : this.remove(`${path}/${name}`))
    }
    await this.remove(path)
  }

  async syncDirectory(path: string): Promise<void> {
    const id = this.#find(path)
    this.#directoryAt(path, id)
    if (id !== undefined) await this.#sync((since) => ({ kind: 'sync-directory', directory: id, since }))
  }

  #handle(file: NodeId): File {
    const append = (bytes: Uint8Array): number => {
      this.#record({ kind: 'append', file, bytes: bytes.slice() })
      return bytes.length
    }
    return {
      size: async () => this.state.content(file).length,
      read: async (buffer, position) => {
        const bytes = this.state.content(file).subarray(position, position + buffer.length)
        buffer.set(bytes)
        return bytes.length
      },
      appendSync: append,
      append: async (bytes) => {
        await this.#turn()
        return append(bytes)
      },
      datasync: () => this.#sync((since) => ({ kind: 'datasync', file, since })),
      truncate: async (size) => {
        await this.#turn()
        this.#record({ kind: 'truncate', file, size })
      },
      close: async () => {},
    }
  }

  /** What happens between its two turns is not made durable by it. */
  async #sync(operation: (since: number) => Operation): Promise<void> {
    await this.#turn()
    const since = this.state.operations
    await this.#turn()
    this.#record(operation(since))
  }

  #record(operation: Operation): void {
    this.operations.push(operation)
    this.state.apply(operation)
  }

  #create(path: string, what: 'file' | 'directory'): NodeId {
    const node = this.#nextNode
    this.#record({ kind: 'create', entry: this.#entry(path), node, what })
    this.#nextNode += 1
    return node
  }

  #makeAll(path: string): string | undefined {
    if (this.#find(path) !== undefined) return undefined
    const { parent } = split(path)
    const topmost = this.#makeAll(parent)
    this.#create(path, 'directory')
    return topmost ?? path
  }

  #find(path: string): NodeId | undefined {
    let id = rootDirectory
    for (const name of namesOf(path)) {
      const node = this.state.node(id)
      const next = node?.kind === 'directory' ? node.current.get(name) : undefined
      if (next === undefined) return undefined
      id = next
    }
    return id
  }

  #entry(path: string): Entry {
    const { parent, name } = split(path)
    const directory = this.#find(parent)
    if (directory === undefined || this.state.node(directory)?.kind !== 'directory') throw systemError('ENOENT', path)
    return { directory, name }
  }

  #fileAt(path: string, id: NodeId | undefined): NodeId {
    const kind = id === undefined ? undefined : this.state.node(id)?.kind
    if (id === undefined || kind === undefined) throw systemError('ENOENT', path)
    if (kind === 'directory') throw systemError('EISDIR', path)
    return id
  }

  #directoryAt(path: string, id: NodeId | undefined) {
    const node = id === undefined ? undefined : this.state.node(id)
    if (node === undefined) throw systemError('ENOENT', path)
    if (node.kind === 'file') throw systemError('ENOTDIR', path)
    return node
  }
}

const namesOf = (path: string): string[] => path.split('/').filter((name) => name !== '')

const split = (path: string): { readonly parent: string; readonly name: string } => {
  const at = path.lastIndexOf('/')
  return { parent: path.slice(0, at) || '/', name: path.slice(at + 1) }
}
