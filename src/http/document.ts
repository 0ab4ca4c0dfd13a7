import type { RequestHandler } from 'express'
import type { Sha256 } from '../../events/index.ts'
import { ifNoneMatchHas } from './headers.ts'

/** Something that is served as it is, and is the same for as long as the server runs. */
export interface Document {
  readonly path: string
  /** Its Content-Type. */
  readonly type: string
  /** Absent for what is only a part of a page. */
  readonly about?: About
  /** Called until it succeeds once. Refuses with NOT_FOUND where it is not there. */
  readonly read: () => Uint8Array | Promise<Uint8Array>
}

/** What the API documents tell of it. */
export interface About {
  readonly name: string
  readonly summary: string
}

interface Content {
  readonly bytes: Uint8Array
  readonly tag: string
}

/**
 * Pages run scripts and styles of this server alone, none that stand in the page, and ask nobody else. The style sheet of
 * Swagger UI holds its icons.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Serves a document, or 304 to who has it already. */
export const documentHandler = ({ type, read }: Document, sha256: Sha256): RequestHandler => {
  let known: Content | undefined
  const content = async (): Promise<Content> => {
    const bytes = await read()
    return { bytes, tag: `"${sha256(bytes)}"` }
  }
  return async (req, res) => {
    known ??= await content()
    const headers = [
      ...['ETag', known.tag, 'Cache-Control', 'no-cache', 'X-Content-Type-Options', 'nosniff'],
      ...['Content-Security-Policy', contentSecurityPolicy, 'Referrer-Policy', 'no-referrer'],
    ]
    if (ifNoneMatchHas(req.headers, known.tag)) {
      res.writeHead(304, headers).end()
      return
    }
    res.writeHead(200, [...headers, 'Content-Type', type, 'Content-Length', String(known.bytes.length)])
    res.end(known.bytes)
  }
}
