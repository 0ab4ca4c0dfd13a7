import type { Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { hangUp, rawAnswer } from '../edge/raw-answer.ts'
import { AppError } from '../errors.ts'
import { sendError } from './failure.ts'

/** Answers what no request could be made of as everything else is answered: in JSON, and in its turn. */
export const refuseGarbage = (server: Server): void => {
  /** The answer to the last request on each connection. */
  const lastAnswers = new WeakMap<Duplex, ServerResponse>()
  const refused = new WeakSet<Duplex>()
  server.prependListener('request', (req, res) => lastAnswers.set(req.socket, res))
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || socket.destroyed) socket.destroy()
    // The parser complains of every further byte.
    else if (!refused.has(socket)) refuse(socket, garbageError(error), lastAnswers.get(socket))
    refused.add(socket)
  })
  server.on('connect', (_req, socket) => {
    const error = new AppError('METHOD_NOT_ALLOWED', 'CONNECT is not possible: this is no proxy')
    hangUp(socket, rawAnswer(error, ['Allow', '']))
  })
}

/**
 * A client takes answers to be in the order of its requests. Those that arrived whole have theirs first; one that garbage
 * is the end of has this one, unless it has another already.
 */
const refuse = (socket: Duplex, error: AppError, last: ServerResponse | undefined): void => {
  if (last === undefined || (last.req.complete && last.writableFinished)) hangUp(socket, rawAnswer(error))
  else if (last.req.complete) last.once('close', () => hangUp(socket, rawAnswer(error)))
  else if (last.headersSent) hangUp(socket)
  else {
    // Whoever waits for the rest of the request learns that it will not come.
    last.once('close', () => last.req.destroy(error))
    sendError(last, error, ['Connection', 'close'])
  }
}

const garbageError = ({ code }: NodeJS.ErrnoException): AppError => {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new AppError('PAYLOAD_TOO_LARGE', 'The headers are too large')
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new AppError('VALIDATION_ERROR', 'The request did not arrive in time')
    default:
      return new AppError('VALIDATION_ERROR', 'The request is not valid HTTP')
  }
}
