import type { ServerResponse } from 'node:http'

/** Tells when nobody waits for an answer any more: its client has gone, or the server is closing. */
export const departureOf = (res: ServerResponse, closing: AbortSignal): AbortSignal => {
  const departure = new AbortController()
  const leave = (): void => departure.abort()
  if (closing.aborted || res.closed) leave()
  closing.addEventListener('abort', leave)
  res.once('close', () => {
    closing.removeEventListener('abort', leave)
    leave()
  })
  return departure.signal
}
