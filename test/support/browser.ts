import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { Writable } from 'node:stream'
import { z } from 'zod'

/** A page in a real browser. */
export interface Tab {
  /** Goes to an address and waits until an expression is true there. */
  open(url: string, until: string): Promise<void>
  /** The value of an expression in the page, or of the promise that it is. */
  evaluate(expression: string): Promise<unknown>
  /** Presses a key, as the keyboard does. */
  press(key: string): Promise<void>
  /** What the browser has complained of: errors, and what a policy did not allow. */
  readonly complaints: readonly string[]
  /** All that was asked for over the network or from files, since the page was opened. */
  readonly requests: readonly string[]
  close(): Promise<void>
}

const names = ['chromium', 'chromium-browser', 'google-chrome']

const installed = (): string | undefined =>
  names
    .flatMap((name) => (process.env.PATH ?? '').split(delimiter).map((dir) => join(dir, name)))
    .find((path) => existsSync(path))

/** Starts the Chromium of this machine without a window; undefined where there is none. */
export const openTab = async (): Promise<Tab | undefined> => {
  const path = installed()
  if (path === undefined) return undefined
  const profile = await mkdtemp(join(tmpdir(), 'maestro-test-'))
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--remote-debugging-pipe', `--user-data-dir=${profile}`]
  const child = spawn(path, [...flags, '--window-size=1400,1000', 'about:blank'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const kill = (): void => killGroup(child)
  process.once('exit', kill)
  const closed = once(child, 'close')
  const close = async (): Promise<void> => {
    kill()
    await closed
    process.off('exit', kill)
    await rm(profile, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    return await attach(new Devtools(child), close)
  } catch (error) {
    await close()
    throw error
  }
}

/** A browser is many processes. */
const killGroup = ({ pid }: ChildProcess): void => {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // They are gone already.
  }
}

const attach = async (devtools: Devtools, close: () => Promise<void>): Promise<Tab> => {
  const { targetId } = await devtools.ask(
    'Target.createTarget',
    { url: 'about:blank' },
    z.object({ targetId: z.string() }),
  )
  const attached = { targetId, flatten: true }
  const { sessionId } = await devtools.ask('Target.attachToTarget', attached, z.object({ sessionId: z.string() }))
  const ask = <S extends z.ZodType>(method: string, params: object, answer: S): Promise<z.output<S>> =>
    devtools.ask(method, params, answer, sessionId)
  for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await ask(`${domain}.enable`, {}, z.unknown())
  const evaluate = async (expression: string): Promise<unknown> => {
    const params = { expression, awaitPromise: true, returnByValue: true }
    const { result, exceptionDetails } = await ask('Runtime.evaluate', params, Evaluated)
    if (exceptionDetails !== undefined) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`)
    return result.value
  }
  return {
    evaluate,
    close,
    complaints: devtools.complaints,
    requests: devtools.requests,
    open: async (url, until) => {
      devtools.requests.length = 0
      // From elsewhere, so that another place in the same file is loaded as well.
      for (const address of ['about:blank', url]) {
        const loaded = devtools.event('Page.loadEventFired')
        await ask('Page.navigate', { url: address }, z.unknown())
        await loaded
      }
      await evaluate(whenever(until))
    },
    press: async (key) => {
      const text = key.length === 1 ? { text: key } : {}
      for (const type of ['keyDown', 'keyUp']) {
        await ask('Input.dispatchKeyEvent', { type, key, ...text }, z.unknown())
      }
    },
  }
}

/** A promise, in the page, of an expression to become true; it is looked at whenever something changes there. */
export const whenever = (expression: string): string => `new Promise((resolve) => {
  const look = () => { if (${expression}) { observer.disconnect(); resolve(true) } }
  const observer = new MutationObserver(look)
  observer.observe(document, { subtree: true, childList: true, attributes: true })
  look()
})`

const Evaluated = z.object({
  result: z.object({ value: z.unknown().optional() }),
  exceptionDetails: z.unknown().optional(),
})

const Message = z.object({
  id: z.int().optional(),
  method: z.string().optional(),
  params: z.unknown().optional(),
  result: z.unknown().optional(),
  error: z.unknown().optional(),
})

const Requested = z.object({ request: z.object({ url: z.string() }) })

/** The DevTools protocol over two pipes: messages in JSON, each ended by a zero byte. */
class Devtools {
  readonly complaints: string[] = []
  readonly requests: string[] = []
  readonly #to: Writable
  readonly #answers = new Map<number, (message: z.infer<typeof Message>) => void>()
  readonly #events = new Map<string, () => void>()
  #last = 0

  constructor({ stdio: [, , , to, from] }: ChildProcess) {
    if (!(to instanceof Writable) || from === null || from === undefined || !('on' in from)) {
      throw new Error('the browser has no pipes')
    }
    this.#to = to
    let rest = Buffer.alloc(0)
    from.on('data', (bytes: Buffer) => {
      rest = Buffer.concat([rest, bytes])
      for (let end = rest.indexOf(0); end !== -1; end = rest.indexOf(0)) {
        this.#take(Message.parse(JSON.parse(rest.toString('utf8', 0, end))))
        rest = rest.subarray(end + 1)
      }
    })
  }

  async ask<S extends z.ZodType>(method: string, params: object, answer: S, sessionId?: string): Promise<z.output<S>> {
    this.#last += 1
    const id = this.#last
    const answered = new Promise<z.infer<typeof Message>>((resolve) => this.#answers.set(id, resolve))
    this.#to.write(`${JSON.stringify({ id, method, params, sessionId })}\0`)
    const { result, error } = await answered
    if (error !== undefined) throw new Error(`${method}: ${JSON.stringify(error)}`)
    return answer.parse(result)
  }

  /** Resolves at the next event of a kind. */
  event(method: string): Promise<void> {
    return new Promise((resolve) => {
      this.#events.set(method, resolve)
    })
  }

  #take(message: z.infer<typeof Message>): void {
    const { id, method, params } = message
    if (id !== undefined) this.#answers.get(id)?.(message)
    if (method === undefined) return
    if (method === 'Network.requestWillBeSent') this.requests.push(Requested.parse(params).request.url)
    if (method === 'Log.entryAdded' || method === 'Runtime.exceptionThrown')
      this.complaints.push(JSON.stringify(params))
    this.#events.get(method)?.()
  }
}
