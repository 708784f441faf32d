import type { HubAnswer } from '../../hub/answer.ts'
import type { HubClient } from '../../hub/client.ts'
import type { HubModel } from '../../hub/hub-model.ts'
import { endpointText } from '../../settings/endpoint.ts'
import type { StoredAccess } from '../../store/access-repository.ts'
import type { Store } from '../../store/store.ts'
import type { AccessAnswer, PreviousAccess } from '../access-answer.ts'
import { accessStates } from '../access-state.ts'
import type { GatedStatus } from '../gated.ts'
import { nextStep, stallOf } from '../next-step.ts'
import { askAccess, type Finding } from './ask-access.ts'
import { accountKey, type Caller, type CallerInputs, findCaller, keptCaller } from './caller.ts'
import { orNothing } from './or-nothing.ts'

export interface CheckerOptions {
  readonly client: HubClient
  /** Where answers are kept, by account; without one, nothing is remembered. */
  readonly store?: Store | undefined
  readonly now?: () => Date
  /** Ids that a missing one may have meant, nearest first. */
  readonly suggest?: (modelId: string) => readonly string[]
  /** The gate as it was last seen anywhere: shown where the Hub says nothing of it, never taken for access. */
  readonly recall?: (modelId: string) => GatedStatus | undefined
}

export interface CheckOptions {
  readonly signal?: AbortSignal | undefined
}

export interface CheckOneOptions extends CheckOptions {
  /** What the Hub has just told of the model, or answers to a question under way: the check begins with it. */
  readonly details?: HubModel | Promise<HubAnswer> | undefined
}

/** Says whether this token gets in. Asks whose token it is once, however many models are checked. */
export interface AccessChecker {
  /** @throws only what the signal was aborted with: a Hub that does not answer is the state `unknown` */
  check(modelId: string, options?: CheckOneOptions): Promise<AccessAnswer>
  /** What earlier checks found for this account, by id in lower case. Asks nobody. */
  known(modelIds: readonly string[]): Promise<ReadonlyMap<string, PreviousAccess>>
}

/** A token that was refused, or a Hub that did not say whose it is: asked again after this long. */
const DOUBT_MS = 30_000

export function createAccessChecker(options: CheckerOptions): AccessChecker {
  const { client, store, now = () => new Date(), suggest = () => [], recall = () => undefined } = options
  const endpoint = endpointText(client.settings.endpoint)
  const findOnce = rememberCaller({ client, store, now })

  async function lastChecks(account: string, modelIds: readonly string[]): Promise<Map<string, PreviousAccess>> {
    const kept =
      (await orNothing(store?.access.findMany({ endpoint, account }, modelIds))) ?? new Map<string, StoredAccess>()
    return new Map([...kept].flatMap(([id, stored]) => asPrevious(id, stored)))
  }

  return {
    async check(modelId, { signal, details } = {}) {
      const finding = await askAccess(client, modelId, {
        signal,
        details,
        findCaller: (isFresh) => findOnce(signal, isFresh),
      })
      const account = accountKey(finding.caller)
      const id = finding.id ?? modelId
      const last = account === undefined ? undefined : (await lastChecks(account, [id])).get(id.toLowerCase())
      const answer = answerOf({ modelId, finding, last, checkedAt: now(), suggest, recall, endpoint })
      if (account !== undefined && answer.state !== 'unknown' && answer.failure === undefined)
        await orNothing(store?.access.put([toStored(answer, endpoint, account)]))
      return answer
    },
    async known(modelIds) {
      const account = accountKey(await keptCaller({ client, store }))
      return account === undefined ? new Map() : lastChecks(account, modelIds)
    },
  }
}

type FindOnce = (signal: AbortSignal | undefined, isFresh: boolean) => Promise<Caller>

/** An account stays the same for as long as we run; what leaves doubt is asked again after a while. */
function rememberCaller(inputs: Required<CallerInputs>): FindOnce {
  const { now } = inputs
  let last: { readonly caller: Promise<Caller>; readonly askedAt: number; isLasting: boolean } | undefined
  return (signal, isFresh) => {
    const isUsable = last !== undefined && (last.isLasting || now().getTime() - last.askedAt < DOUBT_MS)
    if (last !== undefined && isUsable && !isFresh) return last.caller
    const asking = { caller: findCaller(inputs, { signal, isFresh }), askedAt: now().getTime(), isLasting: false }
    last = asking
    return asking.caller.then((caller) => {
      asking.isLasting = caller.kind === 'account' || caller.kind === 'nobody'
      return caller
    })
  }
}

interface AnswerInputs {
  readonly modelId: string
  readonly finding: Finding
  readonly last: PreviousAccess | undefined
  readonly checkedAt: Date
  readonly suggest: (modelId: string) => readonly string[]
  readonly recall: (modelId: string) => GatedStatus | undefined
  readonly endpoint: string
}

function answerOf({ modelId, finding, last, checkedAt, suggest, recall, endpoint }: AnswerInputs): AccessAnswer {
  const { caller, state, failure, hubMessage } = finding
  const id = finding.id ?? modelId
  const gated = state === 'unknown' ? (finding.gated ?? last?.gated ?? recall(id) ?? null) : finding.gated
  const isNews = last !== undefined && (last.state !== state || (gated !== null && last.gated !== gated))
  return {
    id,
    renamedFrom: id.toLowerCase() === modelId.toLowerCase() ? undefined : modelId,
    gated,
    state,
    account: caller.kind === 'account' ? caller.account.name : undefined,
    checkedAt: failure?.code === 'ERR_OFFLINE' ? undefined : checkedAt.toISOString(),
    hubMessage,
    nextStep: nextStep(state, {
      modelId: id,
      endpoint,
      hasToken: caller.kind !== 'nobody',
      suggestions: state === 'hidden' ? suggest(id) : [],
      ...(state === 'unknown' ? { stall: stallOf(failure?.code) } : {}),
    }),
    previous: isNews ? last : undefined,
    failure: failure && { code: failure.code, message: failure.message },
  }
}

function toStored(answer: AccessAnswer, endpoint: string, account: string): StoredAccess {
  const { id, gated, state, hubMessage, checkedAt = '' } = answer
  return {
    endpoint,
    account,
    modelId: id,
    gated,
    state,
    ...(hubMessage === undefined ? {} : { hubMessage }),
    checkedAt,
  }
}

/** What is kept may have been written by another version: a state it does not know is no answer. */
function asPrevious(id: string, { state, gated, checkedAt }: StoredAccess): [string, PreviousAccess][] {
  const known = accessStates.find((name) => name === state)
  return known === undefined ? [] : [[id.toLowerCase(), { state: known, gated, checkedAt }]]
}
