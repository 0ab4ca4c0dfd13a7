import { closings } from '../../ws/protocol.ts'
import { MaestroError } from '../error.ts'
import type { Ending } from './channel.ts'

/** RFC 6455, section 7.4.1: a message was too long. */
const tooLong = 1009

/** How a connection ended, for people. Throws `MaestroError` where the next one would end in the same way. */
export const reasonOf = (ending: Ending | undefined): string => {
  switch (ending?.kind) {
    case 'closed': {
      const { code, reason, refusal } = ending
      if (refusal === 401 || code === closings.tokenInvalid.code) {
        throw new MaestroError('UNAUTHORIZED', 'The server does not accept the token', { status: refusal })
      }
      if (refusal === 403) {
        throw new MaestroError('FORBIDDEN', 'The server refuses the connection: see MAESTRO_ALLOWED_ORIGINS', {
          status: refusal,
        })
      }
      if (code === closings.badMessage.code || code === tooLong) {
        throw new MaestroError('BAD_MESSAGE', `The server does not take what this client says: ${code} ${reason}`)
      }
      return refusal === undefined ? `closed with ${code} ${reason}`.trimEnd() : `refused with status ${refusal}`
    }
    case 'silent':
      return 'nothing was heard from the server for too long'
    case 'overflow':
      return 'the consumer was too slow for a socket that cannot be stopped'
    case 'left':
    case undefined:
      return 'ended by this side'
  }
}
