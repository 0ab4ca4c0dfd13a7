import { once } from 'node:events'
import { existsSync, watch } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'

const textOf = (path: string): Promise<string | undefined> => readFile(path, 'utf8').catch(() => undefined)

/** The deepest directory on the way to a file that is there: where the next thing will happen. */
const nearestDirectory = (path: string): string => {
  const parent = dirname(path)
  return existsSync(parent) ? parent : nearestDirectory(parent)
}

/**
 * Resolves with the text of a file as soon as it fits; undefined stands for a file that is not there. Looks again whenever
 * something happens in its directory, since entity files are written behind the log.
 */
export const textWhen = async <T extends string | undefined>(
  path: string,
  fits: (text: string | undefined) => text is T,
): Promise<T> => {
  for (;;) {
    const directory = nearestDirectory(path)
    // First watch, then look: what happens in between is noticed.
    const watcher = watch(directory)
    try {
      const happened = once(watcher, 'change')
      const text = await textOf(path)
      if (fits(text)) return text
      if (nearestDirectory(path) === directory) await happened
    } finally {
      watcher.close()
    }
  }
}

const isThere = (text: string | undefined): text is string => text !== undefined
const isGone = (text: string | undefined): text is undefined => text === undefined

/** Resolves with the entity in a file as soon as there is one that fits. */
export const entityWhen = async (path: string, fits: (entity: unknown) => boolean = () => true): Promise<unknown> =>
  JSON.parse(await textWhen(path, (text): text is string => isThere(text) && fits(JSON.parse(text))))

export const fileGone = (path: string): Promise<undefined> => textWhen(path, isGone)
