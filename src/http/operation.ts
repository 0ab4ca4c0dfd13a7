import { z } from 'zod'
import type { AppError, ErrorCode } from '../errors.ts'
import type { LoopDelay } from '../platform/event-loop.ts'
import type { Pause } from '../platform/timers.ts'
import type { Skills } from '../skills/skill.ts'
import type { Past } from '../store/past.ts'
import type { Request } from '../store/request.ts'
import type { Store } from '../store/store.ts'
import { jsonType } from './failure.ts'
import { type Issues, type NotFound, notFound, validationError } from './refusals.ts'
import type { Reply } from './reply.ts'
import type { Tag } from './tags.ts'

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

/** What operations work on. */
export interface Services {
  readonly store: Store
  readonly past: Past
  readonly skills: Skills
  readonly system: SystemInfo
  readonly pause: Pause
}

/** What the server knows of itself. */
export interface SystemInfo {
  /** Where clients reach this server. */
  readonly url: () => string
  /** Time, ms since the epoch. */
  readonly now: () => number
  /** Seconds since start. */
  readonly uptime: () => number
  readonly sockets: () => object
  /** Of the last whole second. */
  readonly loopDelay: () => LoopDelay
  /** All metrics, in the text format of Prometheus. */
  readonly metrics: () => Promise<string>
}

type Fields = z.ZodObject

export interface Input<P extends Fields, Q extends Fields, B extends Fields> extends Services {
  readonly params: z.output<P>
  readonly query: z.output<Q>
  readonly body: z.output<B>
  readonly request: Request
  /** The form in which the client wants the answer: the operation's own media type, or that of one of its `forms`. */
  readonly form: string
  /** Tells when the client has gone, and nobody waits for the answer any more. */
  readonly departure: () => AbortSignal
  /** The same, and also when the server is closing: for answers that only wait for something to happen. */
  readonly dismissal: () => AbortSignal
}

/** Another form in which an operation answers those who ask for it by `Accept`. */
export interface Form {
  /** Its media type. */
  readonly type: string
  readonly summary: string
}

/** A route as data: enough to serve it, and to describe it. */
export interface Spec<P extends Fields, Q extends Fields, B extends Fields> {
  readonly method: Method
  /** In the notation of Express: `/api/tasks/:id`. */
  readonly path: string
  /** What a client library would call it. No two have the same. */
  readonly name: string
  readonly tag: Tag
  readonly summary: string
  /** Needs no token: it tells nothing that anybody has stored. */
  readonly open?: true
  readonly params: P
  /** For each parameter, what is missing when its text cannot be an id: then nothing has that id. */
  readonly missing?: Readonly<Record<string, NotFound>>
  readonly query: Q
  readonly body: B
  /** Status of the answer when it succeeds; 200 if not given. */
  readonly status?: 200 | 201
  /** Shape of the answer. */
  readonly answers: z.ZodType
  /** Content type of the answer; JSON if not given. */
  readonly type?: string
  readonly forms?: readonly Form[]
  /** For a stream of events: the query parameter in whose place `Last-Event-ID` is taken. */
  readonly resumes?: Extract<keyof Q['shape'], string>
  /** Headers of the answer that are the operation's own, and what each tells. */
  readonly gives?: Readonly<Record<string, string>>
  /** For a read: its answer has an `ETag`, or may have one, and `If-None-Match` is honoured. */
  readonly versioned?: true
  /** What its rules refuse with, beside what every request of its kind may be refused with. */
  readonly refuses?: readonly ErrorCode[]
  /** Turns what is wrong with a body into an error; by default VALIDATION_ERROR. */
  readonly invalid?: (issues: Issues) => AppError
  /** Code for what nobody foresaw; INTERNAL_ERROR if not given. */
  readonly unexpected?: ErrorCode
  readonly run: (input: Input<P, Q, B>) => Reply | Promise<Reply>
}

/** What has arrived, before anything is known about it. */
export interface Arrival {
  readonly params: Readonly<Record<string, unknown>>
  readonly query: unknown
  readonly body: unknown
  readonly request: Request
  readonly form: string
  readonly departure: () => AbortSignal
  readonly dismissal: () => AbortSignal
}

/** An operation with its types closed over, so that all of them fit in one list. */
export interface Operation {
  readonly method: Method
  readonly path: string
  readonly name: string
  readonly tag: Tag
  readonly summary: string
  readonly open: boolean
  readonly status: 200 | 201
  readonly unexpected: ErrorCode
  readonly params: Fields
  readonly query: Fields
  readonly body: Fields
  readonly answers: z.ZodType
  readonly type: string
  readonly forms: readonly Form[]
  readonly resumes: string | undefined
  readonly gives: Readonly<Record<string, string>>
  readonly versioned: boolean
  /** Every code that is this operation's own: what `missing` and `refuses` name. */
  readonly refuses: readonly ErrorCode[]
  readonly run: (arrival: Arrival, services: Services) => Reply | Promise<Reply>
}

/** For operations that take no parameters, no query or no body. */
export const none = z.object({})

/** Makes a route of its description: everything that arrives is parsed here, once, before `run` sees it. */
export const operation = <P extends Fields, Q extends Fields, B extends Fields>(spec: Spec<P, Q, B>): Operation => {
  const { method, path, name, tag, summary, params, query, body, answers } = spec
  const { missing = {}, invalid = validationError, refuses = [] } = spec
  const readParams = readerOf(params, (issues) => notFoundError(missing, issues))
  const readQuery = readerOf(query, validationError)
  const readBody = readerOf(body, invalid)
  return {
    ...{ method, path, name, tag, summary, params, query, body, answers },
    open: spec.open ?? false,
    status: spec.status ?? 200,
    type: spec.type ?? jsonType,
    forms: spec.forms ?? [],
    resumes: spec.resumes,
    gives: spec.gives ?? {},
    versioned: spec.versioned ?? false,
    refuses: [...new Set([...Object.values(missing), ...refuses])],
    unexpected: spec.unexpected ?? 'INTERNAL_ERROR',
    run: (arrival, services) =>
      // Named one by one: to spread the services costs more than to look up a task.
      spec.run({
        store: services.store,
        past: services.past,
        skills: services.skills,
        system: services.system,
        pause: services.pause,
        request: arrival.request,
        form: arrival.form,
        departure: arrival.departure,
        dismissal: arrival.dismissal,
        params: readParams(arrival.params),
        query: readQuery(arrival.query),
        body: readBody(arrival.body),
      }),
  }
}

/** What has arrived where nothing has: the same object for all requests. */
export const nothing = {}

/** Parses what arrives. What comes of nothing is found out once, and so is what comes of anything where nothing is taken. */
const readerOf = <S extends Fields>(schema: S, refuse: (issues: Issues) => AppError) => {
  const ofNothing = schema.safeParse(nothing).data
  const takesNothing = Object.keys(schema.shape).length === 0
  return (value: unknown): z.output<S> => {
    if (ofNothing !== undefined && (takesNothing || value === nothing)) return ofNothing
    const parsed = schema.safeParse(value)
    if (parsed.success) return parsed.data
    // With the input, an issue tells what is missing from what is of another type. To keep it takes time, so only now.
    const refused = schema.safeParse(value, { reportInput: true })
    throw refuse(refused.error?.issues ?? parsed.error.issues)
  }
}

const notFoundError = (missing: Readonly<Record<string, NotFound>>, issues: Issues): AppError =>
  notFound(missing[String(issues[0]?.path[0])] ?? 'NOT_FOUND')
