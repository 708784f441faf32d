import type { IncomingHttpHeaders } from 'node:http'
import type { Host } from './host.ts'

/** One request as it came and as it was answered. */
export interface LogEntry {
  readonly number: number
  /** Milliseconds since 1970, true time. */
  readonly at: number
  readonly host: Host
  readonly method: string
  /** Path and query as they came. */
  readonly url: string
  /** Test tokens included: this is what tests look into. */
  readonly headers: IncomingHttpHeaders
  /** The same for requests of one connection. */
  readonly connection: number
  readonly route: string | undefined
  /** The model's id as it was asked for. */
  readonly modelId: string | undefined
  /** Faults that fell on it, by kind. */
  readonly faults: readonly string[]
  /** `undefined` while nothing was answered. */
  readonly status: number | undefined
  /** Bytes of the body that were handed to the connection. */
  readonly bytes: number
  /** Whether the connection ended before the answer did. */
  readonly isAborted: boolean
  readonly durationMs: number | undefined
}

export type OpenEntry = { -readonly [Name in keyof LogEntry]: LogEntry[Name] }

/** All requests, oldest first; the oldest fall off above the limit. */
export class RequestLog {
  readonly #limit: number
  #entries: OpenEntry[] = []
  #count = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** An entry that goes on being filled while its request is answered. */
  open(seen: Pick<LogEntry, 'host' | 'method' | 'url' | 'headers' | 'connection'>): OpenEntry {
    this.#count += 1
    const entry: OpenEntry = {
      ...seen,
      number: this.#count,
      at: Date.now(),
      route: undefined,
      modelId: undefined,
      faults: [],
      status: undefined,
      bytes: 0,
      isAborted: false,
      durationMs: undefined,
    }
    this.#entries.push(entry)
    if (this.#entries.length > this.#limit * 2) this.#entries = this.#entries.slice(-this.#limit)
    return entry
  }

  entries(filter: Partial<Pick<LogEntry, 'host' | 'route' | 'modelId'>> = {}): LogEntry[] {
    const { host, route, modelId } = filter
    return this.#entries
      .slice(-this.#limit)
      .filter(
        (entry) =>
          (host === undefined || entry.host === host) &&
          (route === undefined || entry.route === route) &&
          (modelId === undefined || entry.modelId === modelId),
      )
      .map((entry) => ({ ...entry }))
  }

  clear(): void {
    this.#entries = []
  }
}
