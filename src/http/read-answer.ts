import { promisify } from 'node:util'
import { constants, gzip } from 'node:zlib'
import type { Request, Response } from 'express'
import type { Pause } from '../platform/timers.ts'
import { isOver } from './departure.ts'
import { sendText } from './failure.ts'
import { entityTag, ifNoneMatchHas } from './headers.ts'
import type { DocumentReply, Reply, StreamReply, TextReply } from './reply.ts'

/** Answers to reads, as they are written. What cannot be known at once resolves when it is written, or rejects. */
export const answerRead = (
  req: Request,
  res: Response,
  type: string,
  reply: Reply,
  pause: Pause,
): void | Promise<void> => {
  switch (reply.kind) {
    case 'document':
      return answerDocument(req, res, reply)
    case 'stream':
      return answerStream(req, res, reply, pause)
    default:
      answerText(req, res, type, reply)
  }
}

const cachedAs = (tag: string): string[] => ['ETag', tag, 'Cache-Control', 'no-cache']

const answerText = (req: Request, res: Response, type: string, reply: TextReply): void => {
  const { text, version, redaction = -1 } = reply
  if (version === undefined) {
    sendText(res, 200, type, text)
    return
  }
  const tag = entityTag(version)
  // A copy from before a redaction has the tag of one from after it. It must not live on.
  if (version > redaction && ifNoneMatchHas(req.headers, tag)) res.writeHead(304, cachedAs(tag)).end()
  else sendText(res, 200, type, text, cachedAs(tag))
}

/** The tag is a weak one: packed and unpacked, the content says the same in other bytes. */
const weak = (tag: string): string => `W/"${tag}"`

/** Says that the client has the content already. */
const sendKnown = (res: Response, tag: string): void => {
  res.writeHead(304, cachedAs(weak(tag))).end()
}

/** Whether the client would rather not have the content, whatever it is. That it is there at all is found out by making it. */
const wantsNone = (req: Request): boolean => req.headers['if-none-match']?.trim() === '*'

const isKnown = (req: Request, tag: string): boolean => !wantsNone(req) && ifNoneMatchHas(req.headers, `"${tag}"`)

const pack = promisify(gzip)
/** Shorter bodies fit in a packet or two as they are, bytes. */
const worthPacking = 4096
/** Most of what can be saved is saved at once: lines of a log are much alike. */
const packing = { level: constants.Z_BEST_SPEED }

const answerDocument = async (req: Request, res: Response, reply: DocumentReply): Promise<void> => {
  const { type, tag, headers = [], body } = reply
  res.vary('Accept').vary('Accept-Encoding')
  if (isKnown(req, tag)) return sendKnown(res, tag)
  const plain = Buffer.from(await body())
  if (wantsNone(req)) return sendKnown(res, tag)
  const isPacked = plain.length > worthPacking && req.acceptsEncodings('gzip', 'identity') === 'gzip'
  const content = isPacked ? await pack(plain, packing) : plain
  const encoding = isPacked ? ['Content-Encoding', 'gzip'] : []
  const about = ['Content-Type', type, ...encoding, 'Content-Length', String(content.length)]
  res.writeHead(200, [...headers, ...cachedAs(weak(tag)), ...about]).end(content)
}

const answerStream = async (req: Request, res: Response, reply: StreamReply, pause: Pause): Promise<void> => {
  const { type, tag, headers = [], pieces } = reply
  res.vary('Accept')
  if (tag !== undefined && isKnown(req, tag)) return sendKnown(res, tag)
  const cached = tag === undefined ? ['Cache-Control', 'no-cache'] : cachedAs(weak(tag))
  const head = [...headers, ...cached, 'Content-Type', type]
  if (req.method === 'HEAD') {
    res.writeHead(200, head).end()
    return
  }
  const watch = watchStuck(res, pause)
  try {
    for await (const piece of pieces()) {
      if (tag !== undefined && wantsNone(req)) return sendKnown(res, tag)
      if (!res.headersSent) res.writeHead(200, head)
      if (!res.write(piece)) await drained(res)
      watch.moved()
      if (res.destroyed) return
    }
  } finally {
    watch.end()
  }
  if (!res.headersSent) res.writeHead(200, head)
  res.end()
}

/** Resolves when more can be written, or when the connection is over: nothing is made for a client that does not read. */
const drained = (res: Response): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      res.off('drain', end)
      res.off('close', end)
      resolve()
    }
    res.on('drain', end)
    res.on('close', end)
    if (isOver(res)) end()
  })

/** A client that takes nothing of what waits for it for so long is let go, ms. */
const stuckAfter = 60_000

/** Ends a connection on which nothing has moved for too long although something waits to be sent. */
const watchStuck = (res: Response, pause: Pause): { moved(): void; end(): void } => {
  const over = new AbortController()
  let moves = 0
  const watch = async (): Promise<void> => {
    for (;;) {
      const seen = moves
      await pause(stuckAfter, over.signal)
      if (over.signal.aborted) return
      if (moves === seen && res.writableLength > 0) break
    }
    res.destroy()
  }
  void watch()
  return {
    moved: () => {
      moves += 1
    },
    end: () => over.abort(),
  }
}
