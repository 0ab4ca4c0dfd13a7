import type { IncomingHttpHeaders } from 'node:http'
import { AppError } from '../errors.ts'

export interface AccessRules {
  /** When set, every request must bring it. */
  readonly token?: string | undefined
  readonly allowedOrigins: readonly string[]
  readonly isLoopback: (host: string) => boolean
  /** Whether two secrets are the same, in a time that does not depend on where they differ. */
  readonly sameSecret: (a: string, b: string) => boolean
}

export interface Access {
  /** Whether a page of this origin may read answers. */
  readonly allowsOrigin: (origin: string) => boolean
  /** Why a request may not come in, or undefined when it may. `queryToken` is that of an upgrade's URL. */
  readonly refusal: (headers: IncomingHttpHeaders, queryToken?: string) => AppError | undefined
}

/** How many Host headers are remembered as good. */
const hostsRemembered = 100

/**
 * Who may talk to the server, over HTTP and WebSocket alike. Without a token it is for this machine only: a Host that is
 * not loopback is DNS rebinding, an Origin that is not is another site's page.
 */
export const createAccess = ({ token, allowedOrigins, isLoopback, sameSecret }: AccessRules): Access => {
  const origins = new Set(allowedOrigins)
  const goodHosts = new Set<string>()
  const allowsOrigin: Access['allowsOrigin'] = (origin) => origins.has(origin) || isLocalOrigin(origin, isLoopback)

  const isLocalHost = (host: string | undefined): boolean => {
    if (host === undefined) return false
    if (goodHosts.has(host)) return true
    const url = `http://${host}`
    const local = hostAndPort.test(host) && URL.canParse(url) && isLoopback(nameOf(new URL(url)))
    if (local && goodHosts.size < hostsRemembered) goodHosts.add(host)
    return local
  }

  const refusal: Access['refusal'] = ({ host, origin, authorization }, queryToken) => {
    if (token !== undefined) {
      const given = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1] ?? queryToken
      if (given !== undefined && sameSecret(given, token)) return undefined
      return new AppError('UNAUTHORIZED', 'A valid token is required: Authorization: Bearer <token>')
    }
    if (!isLocalHost(host)) {
      return new AppError('FORBIDDEN', 'The Host header does not name this machine; set MAESTRO_TOKEN to serve others')
    }
    if (origin !== undefined && !allowsOrigin(origin)) {
      return new AppError('FORBIDDEN', 'Pages of this origin may not use the server; see MAESTRO_ALLOWED_ORIGINS')
    }
    return undefined
  }
  return { allowsOrigin, refusal }
}

/** A name or an address, and a port: without anything that a URL would take for something else, or decode. */
const hostAndPort = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d*)?$/i

/** A URL writes an IPv6 host in brackets. */
const nameOf = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, '$1')

/** Desktop shells built with Tauri have an origin of their own on some systems. */
const tauriOrigin = 'tauri://localhost'

const isLocalOrigin = (origin: string, isLoopback: AccessRules['isLoopback']): boolean => {
  if (origin === tauriOrigin) return true
  if (!URL.canParse(origin)) return false
  const url = new URL(origin)
  return (url.protocol === 'http:' || url.protocol === 'https:') && isLoopback(nameOf(url))
}
