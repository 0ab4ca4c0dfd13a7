import type { EventEmitter } from 'node:events'
import { AppError } from '../errors.ts'
import { systemErrorCode } from '../platform/system-error.ts'
import { explainFailure } from './failure.ts'

/**
 * Whoever reads an output may leave when they have seen enough, as in `maestro … | head`. That is no error: what is written
 * then is lost, and the command goes on or ends as it likes. Anything else that goes wrong with an output, such as a full
 * disk behind it, ends the process with these words.
 */
export const superviseOutput = (output: Pick<EventEmitter, 'on'>, end: (words: string) => void): void => {
  output.on('error', (cause) => {
    if (systemErrorCode(cause) === 'EPIPE') return
    const error = new AppError('INTERNAL_ERROR', 'The output cannot be written', { cause })
    end(explainFailure(error, { command: undefined, debug: false }))
  })
}
