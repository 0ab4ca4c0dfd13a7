import type { ServerResponse } from 'node:http'

/** Whether nobody waits for an answer any more, or it is written. */
export const isOver = (res: ServerResponse): boolean => res.closed || res.destroyed

/** Tells when a client has gone, or when something else has ended the waiting for an answer. */
export const departureOf = (res: ServerResponse, other?: AbortSignal): AbortSignal => {
  const departure = new AbortController()
  const leave = (): void => departure.abort()
  if (other?.aborted || isOver(res)) leave()
  other?.addEventListener('abort', leave)
  res.once('close', () => {
    other?.removeEventListener('abort', leave)
    leave()
  })
  return departure.signal
}
