import { createHash, hash } from 'node:crypto'
import type { Digest, Sha256 } from '../../events/index.ts'

/** SHA-256 in lower-case hex. `crypto.hash` does without the stream object that `createHash` makes. */
export const sha256: Sha256 = (data) => hash('sha256', data, 'hex')

/** SHA-256 of what is too long, or comes too slowly, to be hashed in one piece. */
export interface Hasher {
  update(data: string | Uint8Array): void
  digest(): Digest
}
export type CreateHasher = () => Hasher

export const createHasher: CreateHasher = () => {
  const hasher = createHash('sha256')
  return { update: (data) => void hasher.update(data), digest: () => hasher.digest('hex') }
}
