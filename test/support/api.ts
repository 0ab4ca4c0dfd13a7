import { z } from 'zod'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** The parsed body; undefined when there is none. */
  readonly body: unknown
  /** The body as it came. */
  readonly text: string
}

export interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON, unless it is text already. */
  readonly body?: unknown
}

export type Call = (method: string, path: string, options?: CallOptions) => Promise<Answer>

/** A plain HTTP client: what curl would do. */
export const apiOf =
  (url: string): Call =>
  async (method, path, { headers = {}, body } = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const { status, headers: answered } = response
    return { status, headers: answered, body: text === '' ? undefined : JSON.parse(text), text }
  }

const WithId = z.looseObject({ id: z.string() })

/** The id in an answer. */
export const idOf = ({ body }: Answer): string => WithId.parse(body).id
