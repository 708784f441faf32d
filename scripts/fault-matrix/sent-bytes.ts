import type { HubEmulator, LogEntry } from 'hub-emulator'

import { unreadBytes } from './unread-bytes.ts'

const MIB = 1024 * 1024

/** Requests for bytes of files: from the CDN, and small ones from the Hub itself. */
export function byteRequests({ log }: HubEmulator): LogEntry[] {
  return log
    .entries()
    .filter(({ host, route, method }) => method === 'GET' && (host === 'cdn' || route === 'resolve-cache'))
}

/** Bytes of files that were handed to the system. */
export function sentBytes(hub: HubEmulator): number {
  return byteRequests(hub)
    .filter(({ status }) => status === undefined || status === 200 || status === 206)
    .reduce((sum, { bytes }) => sum + bytes, 0)
}

/** Of those, what was read at the other end; what the system keeps in its buffers was not. */
export function receivedBytes(hub: HubEmulator): number {
  const ports = [hub.cdn, hub.endpoint].map((url) => Number(new URL(url).port))
  return Math.max(0, sentBytes(hub) - unreadBytes(ports))
}

/** Connections that are at work: that bring bytes now, or did so within the last second, before the next piece was asked for. */
export function openConnections(hub: HubEmulator): number {
  const now = Date.now()
  const busy = byteRequests(hub).filter(
    ({ at, durationMs }) => durationMs === undefined || at + durationMs > now - 1000,
  )
  return new Set(busy.map(({ host, connection }) => `${host} ${connection}`)).size
}

/** What may come again, as promised: 2 % of the bytes, or 1 MiB for each open connection, whichever is more. */
export function promisedBytes(sizeBytes: number, connections: number): number {
  return Math.max(Math.ceil(sizeBytes * 0.02), connections * MIB)
}
