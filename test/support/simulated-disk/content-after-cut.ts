import type { Choose } from './crash-states.ts'
import type { Version } from './disk-state.ts'

/** What a disk writes whole or not at all. */
const sectorBytes = 512

/**
 * What a file may hold after a power cut. Its size may be any that it had since it was synced, or any on the way when it
 * grew: a write can end between any two bytes. Whatever the size, each sector may be as old as the last sync or as new as
 * the last write, on its own; where it was never written, it is zero.
 */
export const contentAfterCut = (versions: readonly [Version, ...Version[]], choose: Choose): Uint8Array => {
  if (versions.length === 1) return versions[0].bytes
  const size = sizeAfterCut(versions, choose)
  const content = new Uint8Array(size)
  for (let at = 0; at < size; at += sectorBytes) {
    const alternatives = distinctSectors(versions, at, Math.min(at + sectorBytes, size))
    const chosen = alternatives.length > 1 ? choose(alternatives.length) : 0
    content.set(alternatives[chosen] ?? [], at)
  }
  // The very array of a version says to whoever looks that nothing has happened to it.
  return versions.find(({ bytes }) => equal(bytes, content))?.bytes ?? content
}

const sizeAfterCut = (versions: readonly [Version, ...Version[]], choose: Choose): number => {
  const steps = versions.slice(1).map(({ bytes }, i) => bytes.length - (versions[i]?.bytes.length ?? 0))
  let rest = choose(steps.reduce((sum, step) => sum + sizesOf(step), 1))
  let size = versions[0].bytes.length
  for (const step of steps) {
    if (rest <= sizesOf(step)) return step > 0 ? size + rest : rest > 0 ? size + step : size
    rest -= sizesOf(step)
    size += step
  }
  return size
}

/** How many new sizes a file can be found with because of one operation: growing is not done at once, shrinking is. */
const sizesOf = (step: number): number => Math.max(step, 1)

/** What may stand in a sector, the oldest first. */
const distinctSectors = (versions: readonly Version[], from: number, to: number): Uint8Array[] => {
  const distinct: Uint8Array[] = []
  for (const { bytes } of versions) {
    const sector = new Uint8Array(to - from)
    sector.set(bytes.subarray(from, to))
    if (!distinct.some((one) => equal(one, sector))) distinct.push(sector)
  }
  return distinct
}

const equal = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0
