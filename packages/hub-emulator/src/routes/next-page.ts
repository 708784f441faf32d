import type { Exchange } from '../http/exchange.ts'

/** The `Link` to the next page: this address with another cursor, on the emulator's own origin. */
export function nextPageLink({ hub, path, query }: Exchange, cursor: string | undefined): Record<string, string> {
  if (cursor === undefined) return {}
  const next = new URLSearchParams(query)
  next.set('cursor', cursor)
  return { Link: `<${hub.origins.hub}${path}?${next.toString()}>; rel="next"` }
}

/** A cursor that is just a place in a list. */
export function formatOffset(offset: number): string {
  return Buffer.from(JSON.stringify({ offset })).toString('base64')
}

/** 0 for what is no cursor of ours. */
export function parseOffset(cursor: string | null): number {
  const match = /^\{"offset":(\d{1,15})\}$/.exec(Buffer.from(cursor ?? '', 'base64').toString('utf8'))
  return Number(match?.[1] ?? 0)
}

/** A whole number from the query. */
export function limitOf(query: URLSearchParams, most: number): number {
  const limit = Number(query.get('limit') ?? most)
  return Number.isSafeInteger(limit) && limit > 0 ? Math.min(limit, most) : most
}
