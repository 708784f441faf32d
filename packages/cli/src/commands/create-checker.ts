import { type AccessChecker, createAccessChecker } from '@hubgate/core/access/check'
import { curatedList, factOf, suggestIds } from '@hubgate/core/catalog'
import type { HubClient } from '@hubgate/core/hub'
import type { Store } from '@hubgate/core/store'
import type { Context } from '../context.ts'

/** A checker that remembers, and that knows from the curated list what a missing id may have meant. */
export function createChecker({ now }: Context, client: HubClient, store: Store): AccessChecker {
  return createAccessChecker({ client, store, now, suggest: suggestKnown, recall: recallGate })
}

function suggestKnown(modelId: string): string[] {
  return suggestIds(
    modelId,
    curatedList().records.map(({ id }) => id),
  )
}

/** The gate as the curated list last saw it: shown where the Hub says nothing, never taken for access. */
function recallGate(modelId: string): ReturnType<typeof factOf<'gated'>> {
  const record = curatedList().byId(modelId)
  return record && factOf(record, 'gated')
}
