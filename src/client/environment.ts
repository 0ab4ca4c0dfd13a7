import type { Sha256 } from '../../events/index.ts'

/** The part of `fetch` that is used. */
export type Fetch = (url: string, request: FetchRequest) => Promise<FetchResponse>

export interface FetchRequest {
  readonly method: string
  readonly headers: Record<string, string>
  readonly body?: string
  readonly signal: AbortSignal
}

export interface FetchResponse {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  text(): Promise<string>
}

/** A text message: as text, or as its bytes in UTF-8 where they come so and nobody has decoded them yet. */
export type Message = string | Uint8Array

/** A WebSocket that is being opened, or is open. */
export interface Socket {
  send(text: string): void
  /** Ends it. Nothing of it is told any more. */
  close(): void
  /** Stops reading from the network, and goes on. Absent where that cannot be done, as in browsers. */
  readonly flow?: { pause(): void; resume(): void } | undefined
}

export interface SocketEvents {
  opened(): void
  received(message: Message): void
  /** It is over, or never opened. Told once, and nothing after it. */
  closed(closing: SocketClosing): void
}

export interface SocketClosing {
  /** Of the close frame; 1006 where there was none. */
  readonly code: number
  readonly reason: string
  /** The HTTP status with which the upgrade was refused, where that can be known. In browsers it cannot. */
  readonly refusal?: number
}

/** Opens a WebSocket. What goes wrong is told as `closed`, and nothing before this has returned. */
export type Connect = (address: SocketAddress, events: SocketEvents) => Socket

export interface SocketAddress {
  /** `ws://…` or `wss://…`, without a token. */
  readonly url: string
  readonly token: string | undefined
}

/** Runs something once after so many ms. Returns how to keep it from running. */
export type Timer = (ms: number, run: () => void) => () => void

/** Everything of the world that a client needs. Each entry has its own in one place: `browser.ts`, `node/index.ts`. */
export interface Environment {
  readonly fetch: Fetch
  readonly connect: Connect
  readonly sha256: Sha256
  /** Numbers of at least 0 and below 1. */
  readonly random: () => number
  readonly timer: Timer
}
