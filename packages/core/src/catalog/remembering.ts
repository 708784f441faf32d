import type { HubSender } from '../hub/sender.ts'
import type { LiveRepository } from '../store/live-repository.ts'
import type { Backlog } from './backlog.ts'
import { type KeptScope, toStoredModels } from './kept-model.ts'
import { keptSource } from './kept-source.ts'
import { liveSource } from './live-source.ts'
import { rememberingSender } from './remembering-sender.ts'
import type { CatalogSource } from './source.ts'

export interface RememberingInputs extends KeptScope {
  readonly sender: HubSender
  readonly live: LiveRepository
  /** What the Hub tells is kept there, behind the answer. */
  readonly backlog: Backlog
  readonly now: () => Date
}

/** The Hub, and what it told before. */
export interface RememberingSources {
  readonly kept: CatalogSource
  /** Keeps what it finds. */
  readonly live: CatalogSource
  /** Asks as `live` does: only whether what the Hub said before still holds. */
  readonly asking: HubSender
}

export function rememberingSources({ sender, live, backlog, now, ...scope }: RememberingInputs): RememberingSources {
  const { endpoint, account } = scope
  // Answers may hold what only this account sees: where nobody knows whose token it is, none is kept.
  const asking = account === undefined ? sender : rememberingSender(sender, { live, endpoint, account, backlog, now })
  return {
    kept: keptSource(live, scope),
    asking,
    live: liveSource(asking, {
      now,
      onSeen: (seen) => backlog.add(() => live.putModels(toStoredModels(seen, scope))),
    }),
  }
}
