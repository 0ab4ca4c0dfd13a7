import type { File, FileSystem } from '../../src/platform/file-system.ts'
import { systemError } from './memory-file-system.ts'

/** Something that is asked of a file system or of a file in it. */
export interface Operation {
  readonly name: Exclude<keyof FileSystem | keyof File, 'append'>
  readonly path: string
}

/** What happens instead: an error of the system with nothing done, or a write that takes only so many bytes. */
export type Fault = { readonly code: string } | { readonly take: number }

/** Puts faults between a file system and whoever uses it, and remembers what was asked. */
export class FaultyFileSystem implements FileSystem {
  readonly operations: Operation[] = []
  readonly #inner: FileSystem
  readonly #planned: Array<{ name: Operation['name']; fault: Fault; times: number; where: RegExp }> = []
  #left = Number.POSITIVE_INFINITY

  constructor(inner: FileSystem) {
    this.#inner = inner
  }

  /** The next `times` operations of a name go wrong, where the path fits. Plans for one name happen one after the other. */
  plan(name: Operation['name'], fault: Fault, times = 1, where = /^/): void {
    this.#planned.push({ name, fault, times, where })
  }

  /** Nothing works any more after so many further operations, as if the machine had stopped there. */
  stopAfter(operations: number): void {
    this.#left = operations
  }

  /** What has been asked, by name and the last part of the path. */
  summary(): string[] {
    return this.operations.map(({ name, path }) => `${name} ${path.slice(path.lastIndexOf('/') + 1)}`)
  }

  async open(path: string, mode: 'read' | 'append' | 'create'): Promise<File> {
    this.#meet('open', path)
    return this.#watch(await this.#inner.open(path, mode), path)
  }

  async readFile(path: string): Promise<Uint8Array> {
    this.#meet('readFile', path)
    return this.#inner.readFile(path)
  }

  async list(path: string): ReturnType<FileSystem['list']> {
    this.#meet('list', path)
    return this.#inner.list(path)
  }

  async makeDirectory(path: string): Promise<string | undefined> {
    this.#meet('makeDirectory', path)
    return this.#inner.makeDirectory(path)
  }

  async rename(from: string, to: string): Promise<void> {
    this.#meet('rename', from)
    return this.#inner.rename(from, to)
  }

  async remove(path: string): Promise<void> {
    this.#meet('remove', path)
    return this.#inner.remove(path)
  }

  async removeTree(path: string): Promise<void> {
    this.#meet('removeTree', path)
    return this.#inner.removeTree(path)
  }

  async syncDirectory(path: string): Promise<void> {
    this.#meet('syncDirectory', path)
    return this.#inner.syncDirectory(path)
  }

  #watch(file: File, path: string): File {
    const write = (bytes: Uint8Array): Uint8Array => {
      const take = this.#meet('appendSync', path)
      return bytes.subarray(0, take)
    }
    const meeting =
      <Args extends unknown[], T>(name: Operation['name'], act: (...args: Args) => Promise<T>) =>
      async (...args: Args): Promise<T> => {
        this.#meet(name, path)
        return act(...args)
      }
    return {
      size: meeting('size', () => file.size()),
      read: meeting('read', (buffer: Uint8Array, position: number) => file.read(buffer, position)),
      appendSync: (bytes) => file.appendSync(write(bytes)),
      append: async (bytes) => file.append(write(bytes)),
      datasync: meeting('datasync', () => file.datasync()),
      truncate: meeting('truncate', (size: number) => file.truncate(size)),
      close: meeting('close', () => file.close()),
    }
  }

  /** Carries out what is planned for an operation. Tells how many bytes a write may take. */
  #meet(name: Operation['name'], path: string): number | undefined {
    if (this.#left <= 0) throw systemError('EIO', path)
    this.#left -= 1
    this.operations.push({ name, path })
    const index = this.#planned.findIndex((plan) => plan.name === name && plan.where.test(path))
    const plan = this.#planned[index]
    if (plan === undefined) return undefined
    plan.times -= 1
    if (plan.times === 0) this.#planned.splice(index, 1)
    if ('code' in plan.fault) throw systemError(plan.fault.code, path)
    return plan.fault.take
  }
}
