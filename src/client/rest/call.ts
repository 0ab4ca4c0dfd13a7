import { z } from 'zod'
import type { Result } from './result.ts'

/** A request before it is known where it goes, and who makes it. */
export interface Request<T> {
  readonly method: Method
  /** From the root of the server, query included. */
  readonly path: string
  readonly body: object | undefined
  readonly answers: z.ZodType<T>
  /** Whether only the headers of the answer are wanted. */
  readonly minimal: boolean
  readonly options: WriteOptions
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** Carries out a request. Never rejects. */
export type Send = <T>(request: Request<T>) => Promise<Result<T>>

export interface ReadOptions {
  /** Ends the call; its result is then `ABORTED`. */
  readonly signal?: AbortSignal | undefined
  /** How long one answer is waited for, ms, where it is not as long as the client waits otherwise. */
  readonly timeout?: number | undefined
}

export interface WriteOptions extends ReadOptions {
  /** The `etag` of what is to be changed: when it has changed since, nothing is done, and the result is `VERSION_CONFLICT`. */
  readonly ifMatch?: string | undefined
  /** `Idempotency-Key`. Every write has one of its own; give the same again to repeat a write whose result was not known. */
  readonly key?: string | undefined
}

/** Input may be left out where every field of it may. */
type Arguments<I, O> = Partial<I> extends I ? [input?: I, options?: O] : [input: I, options?: O]

/** A question, or a change: parameters of the path, the query and the body together are its input. */
export type Call<I, T, O = WriteOptions> = (...args: Arguments<I, O>) => Promise<Result<T>>

/** A change. `minimal` is the same, answered without a body: cheaper for those who only report. */
export type Write<I, T> = Call<I, T> & { readonly minimal: Call<I, undefined> }

/** The names of the parameters in a path such as `/api/tasks/:id`. */
type Names<Path extends string> = Path extends `${string}:${infer Rest}`
  ? Rest extends `${infer Name}/${infer More}`
    ? Name | Names<More>
    : Rest
  : never
export type Params<Path extends string> = Readonly<Record<Names<Path>, string>>

/** Says of which type something is that a call takes beside the parameters of its path. */
export interface Takes<T> {
  readonly example?: T
}
export const takes = <T>(): Takes<T> => ({})

/** How the rows of a table of endpoints are written. */
export const callsWith = (send: Send) => {
  const call =
    <I, T>(method: Method, path: string, answers: z.ZodType<T>, minimal: boolean): Call<I, T> =>
    (...[input, options = {}]) =>
      send({ method, ...placed(method, path, Object.entries(input ?? {})), answers, minimal, options })
  return {
    read: <const Path extends string, T, Q = unknown>(
      path: Path,
      answers: z.ZodType<T>,
      _query: Takes<Q> = {},
    ): Call<Params<Path> & Q, T, ReadOptions> => call('GET', path, answers, false),
    write: <const Path extends string, T, B = unknown>(
      method: Exclude<Method, 'GET'>,
      path: Path,
      answers: z.ZodType<T>,
      _body: Takes<B> = {},
    ): Write<Params<Path> & B, T> =>
      Object.assign(call<Params<Path> & B, T>(method, path, answers, false), {
        minimal: call<Params<Path> & B, undefined>(method, path, z.undefined(), true),
      }),
  }
}

/** What the path does not name goes into the body, or with methods that have none into the query. */
const placed = (method: Method, path: string, input: ReadonlyArray<readonly [string, unknown]>) => {
  const rest = new Map(input.filter(([, value]) => value !== undefined))
  const filled = path.replace(/:(\w+)/g, (_, name: string) => {
    const value = String(rest.get(name))
    rest.delete(name)
    return encodeURIComponent(value)
  })
  if (method !== 'GET' && method !== 'DELETE') return { path: filled, body: Object.fromEntries(rest) }
  const query = new URLSearchParams(
    [...rest].map(([name, value]): [string, string] => [name, String(value)]),
  ).toString()
  return { path: query === '' ? filled : `${filled}?${query}`, body: undefined }
}
