import { createServer, IncomingMessage, type Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Express } from 'express'
import { AppError } from '../errors.ts'
import { refuseGarbage } from './garbage.ts'

/**
 * A server whose requests and responses are born with the prototypes that Express wants them to have. Express sets them
 * on every request, and V8 gives up the hidden class of an object whose prototype changes: setting what is already there
 * costs nothing, so Express runs at several times its speed with all of it still in place.
 */
export const createHttpServer = (app: Express): Server => {
  class Request extends IncomingMessage {}
  class Response extends ServerResponse<Request> {}
  // Their prototypes inherit from those of the app, and take their place.
  Object.setPrototypeOf(Request.prototype, app.request)
  Object.setPrototypeOf(Response.prototype, app.response)
  Object.assign(app, { request: Request.prototype, response: Response.prototype })
  const server = createServer(
    {
      IncomingMessage: Request,
      ServerResponse: Response,
      // What Node would refuse by itself, with an answer that says nothing, is left to the app.
      requireHostHeader: false,
      // Of two Host headers, say, Node would show the first only.
      joinDuplicateHeaders: true,
    },
    app,
  )
  server.on('checkExpectation', (req, res) => server.emit('request', req, res))
  // Node would leave out what comes after the 2,000th; the bytes of all headers together are bounded already.
  server.maxHeadersCount = 0
  refuseGarbage(server)
  return server
}

/**
 * How many connections may wait to be let in, as far as the system allows. Of one more it drops the first packet, which a client
 * sends again after one second, then three, then seven; Node's own 511 are fewer than many agents make.
 */
const backlog = 4096

/** Starts listening. Throws PORT_IN_USE when somebody else has the port. */
export const listen = (server: Server, port: number, host: string): Promise<AddressInfo> =>
  new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => reject(listenError(error, port, host))
    server.once('error', fail)
    server.listen({ port, host, backlog }, () => {
      server.off('error', fail)
      const address = server.address()
      if (address === null || typeof address === 'string') reject(new Error('the server has no TCP address'))
      else resolve(address)
    })
  })

const listenError = (error: NodeJS.ErrnoException, port: number, host: string): unknown => {
  switch (error.code) {
    case 'EADDRINUSE':
      return new AppError(
        'PORT_IN_USE',
        `Port ${port} on ${host} is in use. Stop the program that has it, or choose another port with PORT or --port.`,
      )
    case 'EACCES':
      return new AppError(
        'VALIDATION_ERROR',
        `Port ${port} may not be used by this user. Choose one above 1023 with PORT.`,
      )
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new AppError('VALIDATION_ERROR', `${host} is not an address of this machine. Choose another with HOST.`)
    default:
      return error
  }
}
