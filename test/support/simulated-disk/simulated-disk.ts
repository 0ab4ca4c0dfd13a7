import { dirname } from 'node:path'
import type { DirectoryEntry, File, FileSystem } from '../../../src/platform/file-system.ts'
import { systemError } from '../memory-file-system.ts'
import { DiskState } from './disk-state.ts'
import type { Entry, NodeId, Operation } from './operation.ts'
import { Recorder, type Recording, type Turn } from './recorder.ts'
import { SimulatedFile } from './simulated-file.ts'

const atOnce: Turn = async () => {}

/**
 * The file-system port over a disk in memory that records every operation, so that it can be told what a power cut at any
 * time may have left of it. Paths are absolute.
 */
export class SimulatedDisk implements FileSystem, Recording {
  readonly #recorder: Recorder
  #nextNode: NodeId

  constructor(start: DiskState = new DiskState(), turn: Turn = atOnce) {
    this.#recorder = new Recorder(start, turn)
    this.#nextNode = start.freeNode
  }

  get start(): DiskState {
    return this.#recorder.start
  }

  get operations(): readonly Operation[] {
    return this.#recorder.operations
  }

  /** As it is now. Only to be looked at, and to be forked. */
  get state(): DiskState {
    return this.#recorder.state
  }

  async open(path: string, mode: 'read' | 'append' | 'create'): Promise<File> {
    if (mode !== 'read') await this.#recorder.turn()
    const found = this.state.find(path)
    if (found === undefined && mode === 'read') throw systemError('ENOENT', path)
    if (found !== undefined && mode === 'create') throw systemError('EEXIST', path)
    return new SimulatedFile(this.#recorder, found === undefined ? this.#create(path, 'file') : this.#file(path))
  }

  async readFile(path: string): Promise<Uint8Array> {
    return this.state.content(this.#file(path)).slice()
  }

  async list(path: string): Promise<DirectoryEntry[]> {
    if (this.state.find(path) === undefined) return []
    return [...this.state.directory(this.#directory(path)).current]
      .map(([name, node]): DirectoryEntry => ({ name, kind: this.state.node(node).kind }))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  async makeDirectory(path: string): Promise<string | undefined> {
    if (this.state.find(path) !== undefined) return undefined
    await this.#recorder.turn()
    return this.#makeAll(path)
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#recorder.turn()
    if (this.state.find(from) === undefined) throw systemError('ENOENT', from)
    this.#recorder.record({ kind: 'rename', from: this.#entry(from), to: this.#entry(to) })
  }

  async remove(path: string): Promise<void> {
    await this.#recorder.turn()
    if (this.state.find(path) !== undefined) this.#recorder.record({ kind: 'remove', entry: this.#entry(path) })
  }

  async removeTree(path: string): Promise<void> {
    const id = this.state.find(path)
    if (id !== undefined && this.state.node(id).kind === 'directory') {
      for (const { name } of await this.list(path)) await this.removeTree(`${path}/${name}`)
    }
    await this.remove(path)
  }

  async syncDirectory(path: string): Promise<void> {
    const directory = this.#directory(path)
    await this.#recorder.sync((since) => ({ kind: 'sync-directory', directory, since }))
  }

  #create(path: string, what: 'file' | 'directory'): NodeId {
    const node = this.#nextNode
    this.#recorder.record({ kind: 'create', entry: this.#entry(path), node, what })
    this.#nextNode += 1
    return node
  }

  #makeAll(path: string): string | undefined {
    if (this.state.find(path) !== undefined) return undefined
    const topmost = this.#makeAll(dirname(path))
    this.#create(path, 'directory')
    return topmost ?? path
  }

  /** Where a name stands, or could. */
  #entry(path: string): Entry {
    const directory = this.state.find(dirname(path))
    if (directory === undefined || this.state.node(directory).kind === 'file') throw systemError('ENOENT', path)
    return { directory, name: path.slice(path.lastIndexOf('/') + 1) }
  }

  #file(path: string): NodeId {
    const id = this.#existing(path)
    if (this.state.node(id).kind === 'directory') throw systemError('EISDIR', path)
    return id
  }

  #directory(path: string): NodeId {
    const id = this.#existing(path)
    if (this.state.node(id).kind === 'file') throw systemError('ENOTDIR', path)
    return id
  }

  #existing(path: string): NodeId {
    const id = this.state.find(path)
    if (id === undefined) throw systemError('ENOENT', path)
    return id
  }
}
