import { explainUnreachable, unreachableRemedies } from '@hubgate/core/hub'
import { proxyFor } from '@hubgate/core/settings'
import type { Check } from './checkup.ts'
import { isWell, toMend } from './finding.ts'

/** Is the name of the endpoint known? Behind a proxy the proxy looks it up. */
export const hostName: Check = {
  name: 'name',
  async look(checkup) {
    const { settings } = checkup
    if (proxyFor(settings.endpoint, settings.proxy) !== undefined)
      return [isWell('name', `${settings.endpoint.hostname} is looked up by the proxy`)]
    try {
      const addresses = await checkup.addresses()
      return [isWell('name', `${settings.endpoint.hostname} is ${addresses.slice(0, 4).join(', ')}`)]
    } catch (error) {
      const { why, kind } = explainUnreachable(error, settings.timeoutMs)
      return [toMend('name', `${settings.endpoint.hostname}: ${why}`, unreachableRemedies[kind])]
    }
  },
}
