import { entityFiles } from './entity-files.ts'
import { log } from './log.ts'
import type { Mutation } from './mutation.ts'
import { projections } from './projections.ts'
import { recovery } from './recovery.ts'
import { snapshots } from './snapshots.ts'
import { store } from './store.ts'

/** Every promise of the log, the store and the fold, broken once. */
export const mutations: readonly Mutation[] = [
  ...log,
  ...recovery,
  ...snapshots,
  ...store,
  ...entityFiles,
  ...projections,
]
