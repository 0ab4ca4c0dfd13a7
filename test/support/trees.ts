import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** The files below a directory, by path: their bytes as text, which tells any two of them apart. */
export type Tree = Readonly<Record<string, string>>

export const readTree = async (dir: string): Promise<Tree> => {
  const entries = await readdir(dir, { withFileTypes: true, recursive: true })
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  const contents = await Promise.all(
    files.sort().map(async (path) => [path.slice(dir.length + 1), await readFile(path, 'latin1')] as const),
  )
  return Object.fromEntries(contents)
}

/** The files of a tree that are in one of some folders. */
export const within = (tree: Tree, ...folders: readonly string[]): Tree =>
  Object.fromEntries(Object.entries(tree).filter(([path]) => folders.some((folder) => path.startsWith(`${folder}/`))))

/** Writes files, and the folders that they are in. Text and bytes as they are, anything else as JSON. */
export const writeTree = async (dir: string, files: Readonly<Record<string, unknown>>): Promise<void> => {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true })
    const raw = typeof content === 'string' || content instanceof Uint8Array
    await writeFile(join(dir, path), raw ? content : JSON.stringify(content, null, 2))
  }
}
