import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isLoopback } from '../../src/platform/loopback.ts'

describe('a loopback host', () => {
  it.each(['localhost', 'LocalHost', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1'])('is %s', (host) => {
    expect(isLoopback(host)).toBe(true)
  })

  it('is all of 127.0.0.0/8 and no other IPv4 address', () => {
    fc.assert(
      fc.property(fc.ipV4(), (host) => {
        expect(isLoopback(host)).toBe(host.startsWith('127.'))
        expect(isLoopback(host.replace(/^\d+/, '127'))).toBe(true)
      }),
    )
  })

  it.each(['', '0.0.0.0', '::', '::2', 'localhost.example', '127.0.0.1.example', '127.1', '[::1]', 'localhost:3000'])(
    'is not %j',
    (host) => {
      expect(isLoopback(host)).toBe(false)
    },
  )
})
