import { Agent, type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps, Agent as SecureAgent } from 'node:https'

/** A request, ready for the wire. */
export interface Outgoing {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
}

export interface Incoming {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** How long an answer is waited for, ms. */
const patience = 60_000

const agent = new Agent({ keepAlive: true })
const secureAgent = new SecureAgent({ keepAlive: true })

/**
 * One request and its whole answer, over connections that are kept. `fetch` takes several times as much of a processor,
 * which the server would lack on a small machine. Rejects with what the network says.
 */
export const exchange = ({ method, url, headers, body }: Outgoing): Promise<Incoming> =>
  new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
    const options = { method, headers: { ...headers, ...length }, timeout: patience }
    const answered = (message: IncomingMessage): void => {
      let text = ''
      message
        .setEncoding('utf8')
        .on('data', (part) => {
          text += part
        })
        .on('end', () => resolve({ status: message.statusCode ?? 0, headers: message.headers, text }))
        .on('error', reject)
    }
    const request =
      url.protocol === 'https:'
        ? requestHttps(url, { ...options, agent: secureAgent }, answered)
        : requestHttp(url, { ...options, agent }, answered)
    request
      .on('timeout', () => request.destroy(new Error(`no answer within ${patience / 1000} s`)))
      .on('error', reject)
      .end(body)
  })
