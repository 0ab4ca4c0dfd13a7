/**
 * The past: what was true at a moment, what a record did, what became of an entity, and who set what. Beside the index of the
 * projections and not in it, because what only follows the present should not have to carry the comparison of documents.
 */
export * from './audit.ts'
export * from './audit-report.ts'
export * from './blame.ts'
export * from './delta.ts'
export * from './diff.ts'
export * from './follow.ts'
export * from './moment.ts'
export * from './patch.ts'
export * from './touches.ts'
