import { BlockList, isIP } from 'node:net'
import { portOf } from '../util/web-address.ts'

/**
 * Is this address to be reached without a proxy? Reads `NO_PROXY` as curl, Go and `requests` agree on it: names apart by
 * commas or blanks; a name stands for itself and all below it, with or without a leading dot, `*.name` only for those below;
 * `*` is everything; a port narrows an entry to that port; networks are written as `10.0.0.0/8`.
 */
export function isExempt(url: URL, noProxy: string): boolean {
  const host = bareHost(url.hostname)
  const port = String(portOf(url))
  return noProxy
    .split(/[,\s]+/)
    .filter((entry) => entry !== '')
    .some((entry) => covers(parseEntry(entry.toLowerCase()), host, port))
}

interface Entry {
  readonly name: string
  readonly port: string | undefined
}

function parseEntry(entry: string): Entry {
  // A bare IPv6 address is full of colons that begin no port.
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(entry) ?? []
  return { name: bareHost(bracketed ?? plain ?? entry), port }
}

function covers({ name, port: onlyPort }: Entry, host: string, port: string): boolean {
  if (onlyPort !== undefined && onlyPort !== port) return false
  if (name === '*') return true
  if (name.includes('/')) return isInNetwork(host, name)
  if (name.startsWith('*.')) return host.endsWith(name.slice(1))
  const domain = name.replace(/^\./, '')
  return domain !== '' && (host === domain || host.endsWith(`.${domain}`))
}

function isInNetwork(host: string, network: string): boolean {
  const version = isIP(host)
  const [address = '', bits = ''] = network.split('/')
  if (version === 0 || isIP(address) !== version || !/^\d{1,3}$/.test(bits)) return false
  if (Number(bits) > (version === 4 ? 32 : 128)) return false
  const family = version === 4 ? 'ipv4' : 'ipv6'
  const list = new BlockList()
  list.addSubnet(address, Number(bits), family)
  return list.check(host, family)
}

function bareHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/(?<=.)\.$/, '')
}
