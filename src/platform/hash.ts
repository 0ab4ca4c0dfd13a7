import { hash } from 'node:crypto'
import type { Sha256 } from '../../events/index.ts'

/** SHA-256 in lower-case hex. `crypto.hash` does without the stream object that `createHash` makes. */
export const sha256: Sha256 = (data) => hash('sha256', data, 'hex')
