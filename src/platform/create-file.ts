import { appendFully } from './append-fully.ts'
import type { FileSystem } from './file-system.ts'

/** Writes a file that must not exist yet; `durable` makes its content outlast a power cut, though not yet its name. */
export const createFile = async (
  fs: FileSystem,
  path: string,
  bytes: Uint8Array,
  { durable }: { readonly durable: boolean },
): Promise<void> => {
  const file = await fs.open(path, 'create')
  try {
    await appendFully(file, bytes)
    if (durable) await file.datasync()
  } finally {
    await file.close()
  }
}
