import { once } from 'node:events'
import { expect, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { apiOf, type Call, idOf } from './api.ts'
import { Arrivals } from './arrivals.ts'

/** One line of a conversation, as a page shows it. */
export interface TranscriptLine {
  /** `$` is a request, `!` is about the connection, `>` the client's, `<` the server's, `|` more lines of the same message. */
  readonly mark: '$' | '!' | '>' | '<' | '|'
  readonly text: string
}

/** The lines of a block. Comments begin with `#`. */
export const transcriptIn = (block: string): TranscriptLine[] =>
  block
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, mark, text = ''] = /^([$!><|]) (.*)$/.exec(line) ?? []
      if (mark !== '$' && mark !== '!' && mark !== '>' && mark !== '<' && mark !== '|') {
        throw new Error(`not a line of a transcript: ${line}`)
      }
      return { mark, text }
    })

const placeholder = /\$([A-Z][A-Z0-9]*)/g

/** What stands for ids, hashes and times in a page: a name gets its value where it first comes, and keeps it. */
export class Placeholders {
  readonly #values = new Map<string, string>()

  set(name: string, value: string): void {
    this.#values.set(name, value)
  }

  /** A text with values in place of names. */
  fill(text: string): string {
    return text.replaceAll(placeholder, (_, name: string) => {
      const value = this.#values.get(name)
      if (value === undefined) throw new Error(`nobody has said what $${name} is`)
      return value
    })
  }

  /** Compares what came with what a page says, and takes over the values of new names. */
  match(found: string, template: string): void {
    const names = new Set<string>()
    const pattern = template
      .split(placeholder)
      .map((part, i) => (i % 2 === 0 ? escaped(part) : this.#patternOf(part, names)))
      .join('')
    const match = new RegExp(`^${pattern}$`, 'u').exec(found)
    // Where they differ is seen best side by side.
    if (match === null) expect(found).toBe(template)
    for (const [name, value] of Object.entries(match?.groups ?? {})) this.#values.set(name, value)
  }

  #patternOf(name: string, names: Set<string>): string {
    const value = this.#values.get(name)
    if (value !== undefined) return escaped(value)
    if (names.has(name)) return `\\k<${name}>`
    names.add(name)
    return `(?<${name}>[\\w-]+)`
  }
}

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')

/** A connection of which every message is looked at. */
interface Conversation {
  readonly socket: WebSocket
  readonly texts: Arrivals<string>
  readonly closed: Promise<string>
}

const connectTo = async (url: string): Promise<Conversation> => {
  const socket = new WebSocket(url.replace(/^http/, 'ws'))
  onTestFinished(() => socket.terminate())
  const texts = new Arrivals<string>()
  socket.on('message', (data) => texts.push(data.toString()))
  const closed = once(socket, 'close').then(([code, reason]) => `closed ${code} ${String(reason)}`)
  await once(socket, 'open')
  return { socket, texts, closed }
}

/**
 * Says what the client says in a transcript, and compares what comes with what the server says in it, message by message.
 * `stop` ends the server.
 */
export const replay = async (
  lines: readonly TranscriptLine[],
  url: string,
  stop: () => Promise<unknown>,
): Promise<void> => {
  const values = new Placeholders()
  let connection: Conversation | undefined
  const current = (): Conversation => {
    if (connection === undefined) throw new Error('nobody is connected')
    return connection
  }
  /** The lines of a message that have not been looked at. */
  let rest: string[] = []
  let stopped: Promise<unknown> = Promise.resolve()
  for (const { mark, text } of lines) {
    if (mark !== '|') expect(rest, `lines of the message before ${text}`).toEqual([])
    if (mark === '$') await request(text, apiOf(url), values)
    else if (mark === '>') current().socket.send(values.fill(text))
    else if (mark === '<' || mark === '|') {
      if (mark === '<') rest = (await current().texts.next()).split('\n')
      values.match(rest.shift() ?? '', text)
    } else if (text === 'disconnect') current().socket.terminate()
    else if (text.startsWith('connect ')) {
      connection = await connectTo(`${url}${values.fill(text.slice('connect '.length))}`)
    } else if (text === 'stop the server') stopped = stop()
    else expect(await current().closed).toBe(text)
  }
  await stopped
}

const request = async (text: string, call: Call, values: Placeholders): Promise<void> => {
  const [, method = '', path = '', body, name] = /^(\w+) (\S+)(?: (\{.*\}))?(?: = \$(\w+))?$/.exec(text) ?? []
  const answer = await call(method, values.fill(path), body === undefined ? {} : { body: values.fill(body) })
  expect(answer.status, answer.text).toBeLessThan(300)
  if (name !== undefined) values.set(name, idOf(answer))
}
