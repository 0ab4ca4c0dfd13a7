import type { DiskState } from './disk-state.ts'
import { type NodeId, rootDirectory } from './operation.ts'

/** The files of a disk as they are now, by path. The same array means that nothing was written. */
export type Files = ReadonlyMap<string, Uint8Array>

export const filesOf = (state: DiskState): Files => {
  const files = new Map<string, Uint8Array>()
  const visit = (id: NodeId, path: string): void => {
    for (const [name, child] of state.directory(id).current) {
      const below = `${path}/${name}`
      if (state.node(child).kind === 'file') files.set(below, state.content(child))
      else visit(child, below)
    }
  }
  visit(rootDirectory, '')
  return files
}
