/**
 * The file-system port. Log, snapshots and entity files go through it and through nothing else, so that tests can record
 * every operation, refuse one, or lose what was not synced. Failures are Node's: an `Error` with a `code` (`ENOENT`, `ENOSPC` …).
 */
export interface FileSystem {
  /** `read`: must exist. `append`: for reading and appending, made if missing. `create`: for both, must not exist. */
  open(path: string, mode: 'read' | 'append' | 'create'): Promise<File>
  /** The whole file. */
  readFile(path: string): Promise<Uint8Array>
  /** Names within a directory, sorted by code unit; `[]` for one that does not exist. */
  list(dir: string): Promise<DirectoryEntry[]>
  /** Makes a directory and those above it; one that exists is fine. Tells the topmost one it made. */
  makeDirectory(path: string): Promise<string | undefined>
  rename(from: string, to: string): Promise<void>
  /** Removes a file; one that is not there is fine. */
  remove(path: string): Promise<void>
  /** Removes a directory and all that is in it; one that is not there is fine. */
  removeTree(path: string): Promise<void>
  /** Makes the names within a directory durable. */
  syncDirectory(path: string): Promise<void>
}

export interface DirectoryEntry {
  readonly name: string
  readonly kind: 'file' | 'directory' | 'other'
}

export interface File {
  /** Bytes in the file. */
  size(): Promise<number>
  /** Reads into `buffer` from `position` on; returns how many bytes, 0 at the end. */
  read(buffer: Uint8Array, position: number): Promise<number>
  /** Writes at the end, at once; returns how many bytes were taken, which may be fewer than given. */
  appendSync(bytes: Uint8Array): number
  /** Writes at the end; returns how many bytes were taken, which may be fewer than given. */
  append(bytes: Uint8Array): Promise<number>
  /** Makes content and size durable. */
  datasync(): Promise<void>
  truncate(size: number): Promise<void>
  close(): Promise<void>
}
