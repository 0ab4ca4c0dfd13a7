import { z } from 'zod'
import { directory, host, onOrOff, origins, secret, wholeNumber } from './values.ts'

/** What people are told about an option: in `--help`, in the documentation, and when its value is refused. */
export interface OptionDescription {
  readonly env: string
  /** Without the dashes. An option without one can be set by its variable only. */
  readonly flag?: string
  /** Stands for the value in help texts; absent for a flag that takes none. */
  readonly placeholder?: string
  readonly help: string
  /** The values it takes, to be read after "takes". */
  readonly takes: string
  /** The default, as text that goes through the same schema; absent when there is none. */
  readonly fallback?: string
  /** Its value is never shown. */
  readonly secret?: true
}

const descriptions = z.registry<OptionDescription>()

/** Every option: its place in `Config`, the schema that reads it, and its description. Nothing else lists them. */
export const Options = z.object({
  port: wholeNumber(0, 65_535).register(descriptions, {
    env: 'PORT',
    flag: 'port',
    placeholder: '<number>',
    help: 'TCP port of HTTP and WebSocket.',
    takes: 'a whole number from 0 to 65535, where 0 means any free port',
    fallback: '3000',
  }),
  host: host().register(descriptions, {
    env: 'HOST',
    flag: 'host',
    placeholder: '<host>',
    help: 'Address to listen on. One that other machines can reach needs MAESTRO_TOKEN.',
    takes: 'an IP address or a host name',
    fallback: '127.0.0.1',
  }),
  dataDir: directory().register(descriptions, {
    env: 'DATA_DIR',
    flag: 'data-dir',
    placeholder: '<path>',
    help: 'Directory of the logs and entity files. One server owns it at a time.',
    takes: 'a path, where a leading ~ is the home directory',
    fallback: '~/.maestro/data',
  }),
  fsync: z.enum(['always', 'interval', 'never']).register(descriptions, {
    env: 'FSYNC',
    flag: 'fsync',
    placeholder: '<policy>',
    help: 'When writes reach the disk: before each answer, every second, or as the system likes.',
    takes: 'always, interval or never',
    fallback: 'always',
  }),
  segmentBytes: wholeNumber(1024, Number.MAX_SAFE_INTEGER).register(descriptions, {
    env: 'SEGMENT_BYTES',
    flag: 'segment-bytes',
    placeholder: '<bytes>',
    help: 'Size at which a log goes on in a new file.',
    takes: 'a whole number of bytes, at least 1024',
    fallback: '67108864',
  }),
  snapshotRecords: wholeNumber(1, Number.MAX_SAFE_INTEGER).register(descriptions, {
    env: 'SNAPSHOT_RECORDS',
    flag: 'snapshot-records',
    placeholder: '<number>',
    help: 'Records of a project after which a snapshot is written: what a start has to read.',
    takes: 'a whole number, at least 1',
    fallback: '50000',
  }),
  snapshotBytes: wholeNumber(1024, Number.MAX_SAFE_INTEGER).register(descriptions, {
    env: 'SNAPSHOT_BYTES',
    flag: 'snapshot-bytes',
    placeholder: '<bytes>',
    help: 'Bytes of a log after which a snapshot is written, should they come sooner.',
    takes: 'a whole number of bytes, at least 1024',
    fallback: '67108864',
  }),
  skillsDir: directory().register(descriptions, {
    env: 'SKILLS_DIR',
    flag: 'skills-dir',
    placeholder: '<path>',
    help: 'Directory of skill folders. It is only read.',
    takes: 'a path, where a leading ~ is the home directory',
    fallback: '~/.claude/skills',
  }),
  // A flag would show the token to every user of the machine, in the list of processes.
  token: secret().optional().register(descriptions, {
    env: 'MAESTRO_TOKEN',
    help: 'Secret that requests must bring as a bearer token. Set by its variable only.',
    takes: 'visible ASCII characters without spaces, at least one',
    secret: true,
  }),
  allowedOrigins: origins().register(descriptions, {
    env: 'MAESTRO_ALLOWED_ORIGINS',
    flag: 'allowed-origins',
    placeholder: '<origins>',
    help: 'Web origins allowed beside those of this machine.',
    takes: 'origins separated by commas, such as https://app.example:8443',
    fallback: '',
  }),
  maxWrites: wholeNumber(1, Number.MAX_SAFE_INTEGER).register(descriptions, {
    env: 'MAX_WRITES',
    flag: 'max-writes',
    placeholder: '<number>',
    help: 'Writes that are carried out at the same time; more are refused with 429.',
    takes: 'a whole number, at least 1',
    fallback: '1000',
  }),
  maxWriteBytes: wholeNumber(1024, Number.MAX_SAFE_INTEGER).register(descriptions, {
    env: 'MAX_WRITE_BYTES',
    flag: 'max-write-bytes',
    placeholder: '<bytes>',
    help: 'Bytes of the bodies of all writes at the same time; more are refused with 429.',
    takes: 'a whole number of bytes, at least 1024',
    fallback: '67108864',
  }),
  maxLoopDelay: wholeNumber(1, 3_600_000).register(descriptions, {
    env: 'MAX_LOOP_DELAY',
    flag: 'max-loop-delay',
    placeholder: '<ms>',
    help: 'Writes are refused with 429 while the server is usually that late with what is due.',
    takes: 'a whole number of milliseconds, from 1 to 3600000',
    fallback: '5000',
  }),
  debug: onOrOff().register(descriptions, {
    env: 'DEBUG',
    flag: 'debug',
    help: 'Debug logs, and the details of unexpected errors.',
    takes: '1 or true for on, 0 or false for off',
    fallback: '0',
  }),
  logFormat: z.enum(['auto', 'pretty', 'json']).register(descriptions, {
    env: 'LOG_FORMAT',
    flag: 'log-format',
    placeholder: '<format>',
    help: 'Logs for people or for machines; auto is pretty on a terminal and json elsewhere.',
    takes: 'auto, pretty or json',
    fallback: 'auto',
  }),
})

/** The descriptions in the order of the table, each with its name in `Config`. */
export const options: ReadonlyArray<OptionDescription & { readonly key: string }> = Object.entries(
  Options.shape,
).flatMap(([key, schema]) => {
  const description = descriptions.get(schema)
  return description === undefined ? [] : [{ key, ...description }]
})

/** A flag as it is typed, such as `--port <number>`; undefined for an option that has none. */
export const flagUsage = ({ flag, placeholder }: OptionDescription): string | undefined =>
  flag === undefined ? undefined : [`--${flag}`, placeholder].join(' ').trimEnd()
