import type { ProjectId } from '../../events/index.ts'
import type { LogStatus } from '../log/log.ts'

/** A log that does not take writes, and why. */
export interface Ailment {
  readonly projectId: ProjectId
  readonly status:
    | Exclude<LogStatus, { kind: 'open' }>
    /** The last write was refused, for lack of room for example; the next one may go well. */
    | { readonly kind: 'refusing'; readonly reason: string }
}
