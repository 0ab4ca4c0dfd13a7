import type { Digest } from '../../../events/index.ts'
import type { MaestroError } from '../error.ts'

/** How a call ended. Calls never reject: whatever goes wrong is a value, with a code. */
export type Result<T> = Success<T> | Failure

export interface Success<T> {
  readonly ok: true
  readonly value: T
  /** The HTTP status. */
  readonly status: number
  /** The entity's `ETag`, to be given as `ifMatch` to a later change. */
  readonly etag: string | undefined
  /** Where something new is found: its path, which ends with its id. */
  readonly location: string | undefined
  /** Of writes: the record that the answer rests on. Whoever keeps it can prove later that the log was cut or rewritten. */
  readonly receipt: Receipt | undefined
  /** Whether an earlier request with the same key had done it already. */
  readonly replayed: boolean
}

export interface Failure {
  readonly ok: false
  readonly error: MaestroError
}

/** Names a record: its place in the log of its project, and its hash. */
export interface Receipt {
  readonly offset: number
  readonly hash: Digest
}

/** The value of a call that went well; throws the `MaestroError` of one that did not. */
export const unwrap = <T>(result: Result<T>): T => {
  if (result.ok) return result.value
  throw result.error
}
