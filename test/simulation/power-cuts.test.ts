import { it } from 'vitest'
import { checkStates, patience } from './check-states.ts'

it(
  'a power cut at any point takes nothing that was acknowledged, and what is left is a prefix of what was attempted',
  ({ annotate }) => checkStates({ states: 12_000, policies: ['always'] }, annotate),
  patience,
)
