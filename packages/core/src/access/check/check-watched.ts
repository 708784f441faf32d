import type { AccountKey } from '../../store/access-repository.ts'
import { newId } from '../../store/new-id.ts'
import type { StoredWatch, ToldAccess, WatchRepository } from '../../store/watch-repository.ts'
import type { AccessAnswer } from '../access-answer.ts'
import { type CheckManyOptions, checkMany } from './check-many.ts'
import type { AccessChecker } from './checker.ts'

/** What a look at a watched gate brought. */
export interface WatchNews {
  readonly watch: StoredWatch
  readonly answer: AccessAnswer
  /** Says something else than what was told last. The first look tells no change, nor does a Hub that does not answer. */
  readonly hasChanged: boolean
}

/** Puts a model on the list; `isNew` is `false` where it is there already. */
export async function addWatch(
  watches: WatchRepository,
  key: AccountKey,
  modelId: string,
): Promise<{ readonly watch: StoredWatch; readonly isNew: boolean }> {
  return await watches.add({ ...key, id: await newId(), modelId })
}

export interface CheckWatchedOptions extends CheckManyOptions {
  /** Ids of watches. @default all on the list */
  readonly only?: ReadonlySet<string>
}

/**
 * Looks at the gates on the list, and says of each what has changed since it was last told. Show it, then `rememberTold`:
 * in that order a change may be told twice, and is never lost.
 * @throws only what the signal was aborted with, and what the store throws
 */
export async function checkWatched(
  checker: AccessChecker,
  watches: WatchRepository,
  key: AccountKey,
  options: CheckWatchedOptions = {},
): Promise<WatchNews[]> {
  const list = (await watches.list(key)).filter(({ id }) => options.only?.has(id) ?? true)
  const answers = await checkMany(
    checker,
    list.map(({ modelId }) => modelId),
    options,
  )
  return list.flatMap((watch, index) => {
    const answer = answers[index]
    return answer === undefined ? [] : [{ watch, answer, hasChanged: hasChanged(watch.told, answer) }]
  })
}

/** What did not answer was not told: what was told before it stands. */
export async function rememberTold(watches: WatchRepository, news: readonly WatchNews[]): Promise<void> {
  for (const { watch, answer } of news)
    if (isSaying(answer))
      await watches.told(watch.id, { state: answer.state, gated: answer.gated, checkedAt: answer.checkedAt })
}

function isSaying(answer: AccessAnswer): answer is AccessAnswer & { readonly checkedAt: string } {
  return answer.checkedAt !== undefined && answer.state !== 'unknown' && answer.failure === undefined
}

/** A gate that was not shown is no change of it. */
function hasChanged(told: ToldAccess | undefined, answer: AccessAnswer): boolean {
  if (told === undefined || !isSaying(answer)) return false
  const isOtherGate = answer.gated !== null && told.gated !== null && answer.gated !== told.gated
  return answer.state !== told.state || isOtherGate
}
