import { dirname } from 'node:path'
import type { DirectoryEntry, File, FileSystem } from '../../src/platform/file-system.ts'

interface MemoryFile {
  bytes: Uint8Array
}

/** An error as Node makes them. */
export const systemError = (code: string, path: string): Error =>
  Object.assign(new Error(`${code}: ${path}`), { code, path })

/** A file system that is fast and gone afterwards, for tests that open thousands of logs. Paths are absolute. */
export class MemoryFileSystem implements FileSystem {
  readonly #files = new Map<string, MemoryFile>()
  readonly #directories = new Set<string>(['/'])

  /** Paths of all files, sorted. */
  paths(): string[] {
    return [...this.#files.keys()].sort()
  }

  content(path: string): Uint8Array {
    return this.#file(path).bytes
  }

  /** Puts a file in place, and the directories above it. */
  put(path: string, bytes: Uint8Array): void {
    this.#makeAll(dirname(path))
    this.#files.set(path, { bytes })
  }

  /** Another one with the same files, each with its own life from then on. */
  clone(): MemoryFileSystem {
    const copy = new MemoryFileSystem()
    for (const dir of this.#directories) copy.#directories.add(dir)
    for (const [path, { bytes }] of this.#files) copy.#files.set(path, { bytes })
    return copy
  }

  async open(path: string, mode: 'read' | 'append' | 'create'): Promise<File> {
    if (mode === 'create' && this.#files.has(path)) throw systemError('EEXIST', path)
    if (mode !== 'read' && !this.#files.has(path)) {
      if (!this.#directories.has(dirname(path))) throw systemError('ENOENT', path)
      this.#files.set(path, { bytes: new Uint8Array() })
    }
    return handleOf(this.#file(path))
  }

  async readFile(path: string): Promise<Uint8Array> {
    return this.#file(path).bytes.slice()
  }

  async list(dir: string): Promise<DirectoryEntry[]> {
    const within = (path: string): boolean => path !== dir && dirname(path) === dir
    const entry = (kind: DirectoryEntry['kind']) => (path: string) => ({ name: path.slice(dir.length + 1), kind })
    return [
      ...[...this.#files.keys()].filter(within).map(entry('file')),
      ...[...this.#directories].filter(within).map(entry('directory')),
    ].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  async makeDirectory(path: string): Promise<string | undefined> {
    return this.#makeAll(path)
  }

  async rename(from: string, to: string): Promise<void> {
    this.#files.set(to, this.#file(from))
    this.#files.delete(from)
  }

  async remove(path: string): Promise<void> {
    this.#files.delete(path)
  }

  async removeTree(path: string): Promise<void> {
    for (const all of [this.#files, this.#directories]) {
      for (const one of [...all.keys()]) if (one === path || one.startsWith(`${path}/`)) all.delete(one)
    }
  }

  async syncDirectory(path: string): Promise<void> {
    if (!this.#directories.has(path)) throw systemError('ENOENT', path)
  }

  #file(path: string): MemoryFile {
    const file = this.#files.get(path)
    if (file === undefined) throw systemError('ENOENT', path)
    return file
  }

  #makeAll(path: string): string | undefined {
    if (this.#directories.has(path)) return undefined
    const topmost = this.#makeAll(dirname(path))
    this.#directories.add(path)
    return topmost ?? path
  }
}

const handleOf = (file: MemoryFile): File => {
  const append = (bytes: Uint8Array): number => {
    file.bytes = Buffer.concat([file.bytes, bytes])
    return bytes.length
  }
  return {
    size: async () => file.bytes.length,
    read: async (buffer, position) => {
      const bytes = file.bytes.subarray(position, position + buffer.length)
      buffer.set(bytes)
      return bytes.length
    },
    appendSync: append,
    append: async (bytes) => append(bytes),
    datasync: async () => {},
    truncate: async (size) => {
      const shorter = file.bytes.slice(0, size)
      file.bytes = Buffer.concat([shorter, new Uint8Array(size - shorter.length)])
    },
    close: async () => {},
  }
}
