import type { File } from '../../platform/file-system.ts'
import { sectorBytes } from '../format.ts'
import { readAt } from '../lines.ts'

const isZero = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0)

/**
 * Whether a file, from a byte on, holds a sector that the disk never got: wholly zero. The sector that `from` itself is
 * in counts by its part from there on, since what is before it was written, and kept, earlier.
 */
export const lacksSector = async (file: File, from: number, to: number, blockBytes: number): Promise<boolean> => {
  const block = Math.ceil(blockBytes / sectorBytes) * sectorBytes
  for (let at = from; at < to; ) {
    const end = Math.min(to, at - (at % block) + block)
    const bytes = await readAt(file, at, end - at)
    for (let next = sectorEnd(at); next <= end; next += sectorBytes) {
      if (isZero(bytes.subarray(Math.max(next - sectorBytes, at) - at, next - at))) return true
    }
    at = end
  }
  return false
}

const sectorEnd = (byte: number): number => byte - (byte % sectorBytes) + sectorBytes
