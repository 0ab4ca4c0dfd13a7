import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { z } from 'zod'
import type { Environment } from './environment.ts'
import { globals } from './globals.ts'
import { connectNowhere, connectWith, type WebSocketConstructor } from './socket.ts'

const Constructor = z.custom<WebSocketConstructor>((value) => typeof value === 'function')

/**
 * What browsers have, and every other place with the same globals. Hashes are calculated in JavaScript: those of WebCrypto
 * are asynchronous, and absent on pages that came over plain HTTP.
 */
export const browserEnvironment = (): Environment => {
  const found = Constructor.safeParse(Reflect.get(globalThis, 'WebSocket'))
  return {
    ...globals,
    connect: found.success ? connectWith(found.data) : connectNowhere,
    sha256: (data) => bytesToHex(sha256(typeof data === 'string' ? utf8ToBytes(data) : data)),
    random: () => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32,
  }
}
