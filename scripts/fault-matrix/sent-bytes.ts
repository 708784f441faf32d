import type { HubEmulator, LogEntry } from 'hub-emulator'

const MIB = 1024 * 1024

/** Requests for bytes of files: from the CDN, and small ones from the Hub itself. */
export function byteRequests({ log }: HubEmulator): LogEntry[] {
  return log
    .entries()
    .filter(({ host, route, method }) => method === 'GET' && (host === 'cdn' || route === 'resolve-cache'))
}

/** Bytes of files that went out. Of a sender that is slower than its line next to nothing of them waits in a buffer. */
export function sentBytes(hub: HubEmulator): number {
  return byteRequests(hub)
    .filter(({ status }) => status === undefined || status === 200 || status === 206)
    .reduce((sum, { bytes }) => sum + bytes, 0)
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
