import { proxyFor } from '@hubgate/core/settings'
import type { Check } from './checkup.ts'
import { isWell, toMend } from './finding.ts'

/** Which proxy, if any, stands between this machine and the endpoint. Its name and password are never shown. */
export const proxy: Check = {
  name: 'proxy',
  look({ settings }) {
    const { endpoint, proxy: named } = settings
    try {
      const used = proxyFor(endpoint, named)
      if (used !== undefined) return [isWell('proxy', `${used.host}, from ${used.from}`)]
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      return [toMend('proxy', text, 'write it as http://host:port, or http://name:password@host:port')]
    }
    const idle = [named.https, named.http].flatMap((proxy) => proxy?.from ?? [])
    return [
      isWell('proxy', idle.length === 0 ? 'none' : `none for ${endpoint.host}, though ${idle.join(' and ')} is set`),
    ]
  },
}
