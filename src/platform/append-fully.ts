import type { File } from './file-system.ts'

/** Writes all of some bytes at the end of a file, in as many pieces as the system takes them. */
export const appendFully = async (file: File, bytes: Uint8Array): Promise<void> => {
  for (let rest = bytes; rest.length > 0; ) {
    const taken = await file.append(rest)
    if (taken === 0) throw new Error('the file system takes no more bytes and gives no reason')
    rest = rest.subarray(taken)
  }
}
