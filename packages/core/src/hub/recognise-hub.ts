import { isObject } from '../util/json.ts'
import type { HubAnswer } from './answer.ts'
import { isModelId } from './model-id.ts'
import { rateLimitOf } from './rate-limit.ts'

/**
 * Whether what answered a list call is a Hub. `hub`: it says so in its headers. `like-hub`: it lists models and bears none of
 * the Hub's headers, as a mirror may. `page`: a web page came, as from a network that wants a sign-in first. `other`.
 */
export type HubLikeness = 'hub' | 'like-hub' | 'page' | 'other'

/** Judges an answer to `GET /api/models`. @see hub-protocol 0.2 and 7.1 */
export function recogniseHub({ headers, body, status }: HubAnswer): HubLikeness {
  if (!listsModels(body)) {
    if (headers['content-type']?.includes('html') || /^\s*</.test(body)) return 'page'
    return 'other'
  }
  if (status !== 200) return 'other'
  const hasLimit = rateLimitOf(headers) !== undefined
  return headers['x-request-id'] !== undefined || hasLimit ? 'hub' : 'like-hub'
}

/** An empty list names no model, but is one. */
function listsModels(body: string): boolean {
  try {
    const rows: unknown = JSON.parse(body)
    return Array.isArray(rows) && rows.every((row) => isObject(row) && isModelId(String(row['id'])))
  } catch {
    return false
  }
}
