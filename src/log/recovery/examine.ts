import type { LogFiles } from '../segment.ts'
import { judge, type Verdict } from './judge.ts'
import { type Cursor, scanChain, type Visit } from './scan.ts'

/** What stands behind the good part of a log. */
export type Finding =
  /** Nothing. */
  | { readonly kind: 'whole' }
  /** Records that only a newer server understands. */
  | { readonly kind: 'newer'; readonly reason: string }
  | Verdict

/**
 * Checks a log from a cursor on, visits its good records, and finds out what comes after them. The cursor ends up where the
 * good part does, also when reading fails. Only reads.
 */
export const examine = async (files: LogFiles, cursor: Cursor, visit: Visit): Promise<Finding> => {
  const stop = await scanChain(files, cursor, visit)
  switch (stop.kind) {
    case 'end':
      return { kind: 'whole' }
    case 'newer':
      return stop
    case 'bad':
    case 'unannounced':
      return judge(files, cursor, stop)
  }
}
