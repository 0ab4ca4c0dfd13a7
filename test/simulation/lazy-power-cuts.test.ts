import { it } from 'vitest'
import { checkStates, patience } from './check-states.ts'

it(
  'where not every write is synced, a power cut at any point still leaves a prefix, and all that was synced',
  ({ annotate }) => checkStates({ states: 9_000, policies: ['interval', 'never'] }, annotate),
  patience,
)
