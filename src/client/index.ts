/** The client for browsers, and everything else that has their globals. Node has an entry of its own: `node/index.ts`. */
import { browserEnvironment } from './browser.ts'
import { type Client, type ClientOptions, clientIn } from './client.ts'

export * from './api.ts'

/** A client of the server at `url`. */
export const createClient = (options: ClientOptions): Client => clientIn(browserEnvironment(), options)
