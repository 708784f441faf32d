import { createHash } from 'node:crypto'
import type { Secret } from '../util/secret.ts'

/** SHA-256 of a token, 64 hex digits: finds again what was said of a token without keeping it. It opens nothing. */
export function tokenHash(secret: Secret): string {
  return createHash('sha256').update(secret.reveal()).digest('hex')
}
