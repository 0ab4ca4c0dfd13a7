import { pino } from 'pino'
import { errorFields } from './error-fields.ts'

/** What is logged beside the message. `err` is for what was thrown: its code, stack and causes are written out. */
export type LogFields = Readonly<Record<string, unknown>>

/** All that the code knows of logging. Fields come first, so that none is forgotten behind a message. */
export interface Logger {
  debug(fields: LogFields, message: string): void
  info(fields: LogFields, message: string): void
  warn(fields: LogFields, message: string): void
  error(fields: LogFields, message: string): void
}

/** Takes whole lines, each ended by a line feed, in order. */
export interface LogDestination {
  write(line: string): unknown
}

export interface LoggerOptions {
  /** Whether `debug` is written; the other levels always are. */
  readonly debug: boolean
  /** `auto` is `pretty` on a terminal and `json` elsewhere. */
  readonly format: 'auto' | 'pretty' | 'json'
  /** Whether the destination is a terminal. */
  readonly terminal: boolean
  /** Standard output if not given. */
  readonly destination?: LogDestination
}

/** Both formats write before the call returns, so what was logged right before a crash is not lost. */
export const createLogger = async ({ debug, format, terminal, destination }: LoggerOptions): Promise<Logger> => {
  const output = destination ?? pino.destination({ fd: 1, sync: true })
  const pretty = format === 'pretty' || (format === 'auto' && terminal)
  const logger: Logger = pino(
    {
      level: debug ? 'debug' : 'info',
      base: null,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: (thrown: unknown) => errorFields(thrown) },
      redact: { paths: secretPaths, censor: censored },
    },
    pretty ? await prettified(output, terminal) : output,
  )
  return logger
}

/** Says nothing. */
export const silentLogger: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/** Where credentials turn up: in headers, in the configuration, and in the query of an upgrade. */
const secretPaths = ['authorization', 'Authorization', 'token', 'url'].flatMap((key) => [key, `*.${key}`, `*.*.${key}`])

const censored = (value: unknown, path: readonly string[]): unknown =>
  path.at(-1) === 'url' && typeof value === 'string'
    ? value.replaceAll(/([?&]token=)[^&#]*/g, '$1[redacted]')
    : '[redacted]'

/** What makes lines for people is loaded here: a server that writes JSON starts without it. */
const prettified = async (output: LogDestination, colorize: boolean): Promise<LogDestination> =>
  (await import('./pretty-logs.ts')).prettified(output, colorize)
