import { prettyFactory } from 'pino-pretty'
import type { LogDestination } from './logger.ts'

/** Makes lines of JSON into lines for people. */
export const prettified = (output: LogDestination, colorize: boolean): LogDestination => {
  const pretty = prettyFactory({ colorize, translateTime: 'SYS:HH:MM:ss.l' })
  return { write: (line) => output.write(pretty(line)) }
}
