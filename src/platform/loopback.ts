import { BlockList, isIP } from 'node:net'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/**
 * Whether a host (a name, or an address without brackets and port) can only mean this machine: 127.0.0.0/8, ::1 in any
 * spelling, or `localhost`. No other name is looked up, so it never counts, whatever it resolves to.
 */
export const isLoopback = (host: string): boolean => {
  const version = isIP(host)
  if (version === 0) return host.toLowerCase() === 'localhost'
  return loopback.check(host, version === 4 ? 'ipv4' : 'ipv6')
}
