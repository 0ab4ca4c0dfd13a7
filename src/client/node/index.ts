/** The client for Node: with the `ws` package, since Node 20 has no WebSocket, with the hash of `node:crypto`, and with files. */
import { sha256 } from '../../platform/hash.ts'
import { createRandom } from '../../platform/random.ts'
import { type Client, type ClientOptions, clientIn } from '../client.ts'
import type { Environment } from '../environment.ts'
import { globals } from '../globals.ts'
import { connectWithWs } from './web-socket.ts'

export * from '../api.ts'
export { fileCursors } from './file-cursors.ts'

const nodeEnvironment = (): Environment => ({
  ...globals,
  connect: connectWithWs,
  sha256,
  random: createRandom(),
})

/** A client of the server at `url`. */
export const createClient = (options: ClientOptions): Client => clientIn(nodeEnvironment(), options)
