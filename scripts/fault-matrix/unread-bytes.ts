import { readFileSync } from 'node:fs'

/**
 * Bytes that a server on this machine has handed to the system and nobody has read yet: they lie in the buffers of both ends.
 * 0 where the system does not tell.
 * @see proc(5), /proc/net/tcp: `sl local_address rem_address st tx_queue:rx_queue`, numbers in hexadecimal
 */
export function unreadBytes(ports: readonly number[]): number {
  let table: string
  try {
    table = readFileSync('/proc/net/tcp', 'latin1')
  } catch {
    return 0
  }
  let bytes = 0
  for (const line of table.split('\n').slice(1)) {
    const [, local = '', remote = '', , queues = ''] = line.trim().split(/\s+/)
    const [unsent = 0, unread = 0] = queues.split(':').map((digits) => Number.parseInt(digits, 16))
    if (ports.includes(portOf(local))) bytes += unsent
    if (ports.includes(portOf(remote))) bytes += unread
  }
  return bytes
}

function portOf(address: string): number {
  return Number.parseInt(address.split(':')[1] ?? '', 16)
}
