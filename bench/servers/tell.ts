import type { Server } from 'node:http'

/** Prints the port as soon as there is one, and ends when it is told to. */
export const tell = (server: Server): void => {
  server.once('listening', () => {
    const address = server.address()
    if (address !== null && typeof address !== 'string') process.stdout.write(`port=${address.port}\n`)
  })
  process.once('SIGTERM', () => process.exit(0))
}
