import type { File } from '../platform/file-system.ts'

/** Writes all of some bytes at the end of a file at once, in as many pieces as the system takes. */
export const writeFully = (file: File, bytes: Uint8Array): void => {
  for (let rest = bytes; rest.length > 0; ) {
    const taken = file.appendSync(rest)
    if (taken === 0) throw new Error('the file system takes no more bytes and gives no reason')
    rest = rest.subarray(taken)
  }
}
