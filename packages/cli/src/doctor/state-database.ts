import { hasErrorCode } from '@hubgate/core/errors'
import { hasStore, openStore } from '@hubgate/core/store'
import type { Check } from './checkup.ts'
import { isWell, toMend, worthKnowing } from './finding.ts'

/** What Hubgate remembers: can it be opened? */
export const stateDatabase: Check = {
  name: 'memory',
  async look({ settings }) {
    const { hubgateHome } = settings.folders
    if (!hasStore(hubgateHome)) return [isWell('memory', 'nothing is remembered yet')]
    try {
      await using store = await openStore({ folder: hubgateHome, inMemoryIfUnusable: false, runsIn: 'here' })
      await store.rateBudget.list({ endpoint: '', account: '' })
      const { notices } = store
      if (notices.length > 0) return notices.map((text) => worthKnowing('memory', text))
      return [isWell('memory', `state.db in ${hubgateHome}`)]
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      const remedy = hasErrorCode(error, 'ERR_STORE_NEWER')
        ? 'install the newer hubgate again, or set HUBGATE_HOME to another folder'
        : 'free its disk or make the folder yours; or move state.db away, and a new one is begun'
      return [toMend('memory', text, remedy)]
    }
  },
}
