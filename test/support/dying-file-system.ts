import type { File, FileSystem } from '../../src/platform/file-system.ts'

/** What whoever uses a file system sees of the death of their process. */
export class Death extends Error {
  override readonly name = 'Death'
}

/**
 * A file system that carries out so many changes and nothing after them, as if the process had been killed then. The
 * write that it dies in is torn.
 */
export class DyingFileSystem implements FileSystem {
  readonly #inner: FileSystem
  #left: number

  constructor(inner: FileSystem, changes: number) {
    this.#inner = inner
    this.#left = changes
  }

  /** Whether it has died of what it was asked. */
  get isDead(): boolean {
    return this.#left < 0
  }

  async open(path: string, mode: 'read' | 'append' | 'create'): Promise<File> {
    if (mode === 'read') this.#live()
    else this.#change()
    return this.#mortal(await this.#inner.open(path, mode))
  }

  async readFile(path: string): Promise<Uint8Array> {
    this.#live()
    return this.#inner.readFile(path)
  }

  async list(dir: string): ReturnType<FileSystem['list']> {
    this.#live()
    return this.#inner.list(dir)
  }

  async makeDirectory(path: string): Promise<string | undefined> {
    this.#change()
    return this.#inner.makeDirectory(path)
  }

  async rename(from: string, to: string): Promise<void> {
    this.#change()
    return this.#inner.rename(from, to)
  }

  async remove(path: string): Promise<void> {
    this.#change()
    return this.#inner.remove(path)
  }

  async removeTree(path: string): Promise<void> {
    this.#change()
    return this.#inner.removeTree(path)
  }

  async syncDirectory(path: string): Promise<void> {
    this.#change()
    return this.#inner.syncDirectory(path)
  }

  #mortal(file: File): File {
    const half = (bytes: Uint8Array): Uint8Array => bytes.subarray(0, bytes.length / 2)
    return {
      size: () => file.size(),
      read: (buffer, position) => file.read(buffer, position),
      appendSync: (bytes) => {
        if (this.#left === 0) file.appendSync(half(bytes))
        this.#change()
        return file.appendSync(bytes)
      },
      append: async (bytes) => {
        if (this.#left === 0) await file.append(half(bytes))
        this.#change()
        return file.append(bytes)
      },
      datasync: async () => {
        this.#change()
        return file.datasync()
      },
      truncate: async (size) => {
        this.#change()
        return file.truncate(size)
      },
      // What a dead process had open is closed.
      close: () => file.close(),
    }
  }

  #live(): void {
    if (this.isDead) throw new Death('the process is dead')
  }

  #change(): void {
    this.#live()
    this.#left -= 1
    this.#live()
  }
}
