import type { HubSender } from '../hub/sender.ts'
import type { LiveRepository } from '../store/live-repository.ts'
import { Backlog } from './backlog.ts'
import { type KeptScope, toStoredModels } from './kept-model.ts'
import { keptSource } from './kept-source.ts'
import { liveSource } from './live-source.ts'
import { rememberingSender } from './remembering-sender.ts'
import type { CatalogSource } from './source.ts'

export interface RememberingInputs extends KeptScope {
  readonly sender: HubSender
  readonly live: LiveRepository
  readonly now: () => Date
}

/** The Hub, and what it told before. Disposing waits until all that was told is kept. */
export interface RememberingSources extends AsyncDisposable {
  readonly kept: CatalogSource
  /** Keeps what it finds, behind the answer. */
  readonly live: CatalogSource
  /** Why something could not be kept. */
  readonly failure: Error | undefined
}

export function rememberingSources({ sender, live, now, ...scope }: RememberingInputs): RememberingSources {
  const { endpoint, account } = scope
  const backlog = new Backlog()
  // Answers may hold what only this account sees: where nobody knows whose token it is, none is kept.
  const asking = account === undefined ? sender : rememberingSender(sender, { live, endpoint, account, backlog, now })
  return {
    kept: keptSource(live, scope),
    live: liveSource(asking, {
      now,
      onSeen: (seen) => backlog.add(() => live.putModels(toStoredModels(seen, scope))),
    }),
    get failure() {
      return backlog.failure
    },
    [Symbol.asyncDispose]: () => backlog[Symbol.asyncDispose](),
  }
}
