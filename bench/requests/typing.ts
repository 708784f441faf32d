import { setTimeout as sleep } from 'node:timers/promises'
import {
  createLiveBudget,
  curatedList,
  curatedSource,
  liveSource,
  TypedSearch,
  type TypedView,
} from '@hubgate/core/catalog'
import { HubClient } from '@hubgate/core/hub'
import { resolveSettings } from '@hubgate/core/settings'

const now = (): Date => new Date()

/** A quick typist. */
const KEY_MS = 80

/** Types the texts one key after another, each until the Hub's answer to it is on the screen, as the search screen does it. */
export async function typeTexts(endpoint: string, texts: readonly string[]): Promise<void> {
  const budget = createLiveBudget({ endpoint, account: '', now })
  await using client = new HubClient(resolveSettings({ environment: { HF_ENDPOINT: endpoint } }), {
    onRateLimit: (limit) => budget.learn(limit),
  })
  let last: TypedView | undefined
  using search = new TypedSearch({
    locals: [curatedSource(curatedList())],
    live: liveSource(client, { now }),
    budget,
    now,
    onView: (view) => (last = view),
  })
  for (const text of texts) {
    for (let length = 1; length <= text.length; length += 1) {
      await search.search({ text: text.slice(0, length) }, 'after-pause')
      await sleep(KEY_MS)
    }
    while (last?.live.kind !== 'answered') {
      if (last?.live.kind === 'failed') throw last.live.error
      await sleep(KEY_MS)
    }
  }
}
