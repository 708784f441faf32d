import { HubgateError, type HubRefusal } from '../../errors.ts'
import type { HubAnswer } from '../../hub/answer.ts'
import { askAuthCheck } from '../../hub/auth-check.ts'
import type { HubClient } from '../../hub/client.ts'
import type { HubModel } from '../../hub/hub-model.ts'
import { askDetails, readDetails } from '../../hub/model-details.ts'
import { describeRefusal } from '../../hub/refusal.ts'
import type { AccessState } from '../access-state.ts'
import { type GatedStatus, parseGated } from '../gated.ts'
import { readRefusal } from '../read-refusal.ts'
import { lacksGatedRight } from '../token-rights.ts'
import type { Caller } from './caller.ts'

/** What the Hub said about one model and one caller. */
export interface Finding {
  readonly caller: Caller
  readonly state: AccessState
  readonly gated: GatedStatus | null
  /** As the Hub spells it; `undefined` where it showed no model. */
  readonly id?: string | undefined
  readonly hubMessage?: string | undefined
  /** What kept the Hub from answering. */
  readonly failure?: HubgateError
}

export interface AskOptions {
  readonly signal?: AbortSignal | undefined
  /** What the Hub has just told of the model, or answers to a question under way: the check begins with it. */
  readonly details?: HubModel | Promise<HubAnswer> | undefined
  /** Whose token it is; `isFresh` asks the Hub even where an answer was kept. */
  readonly findCaller: (isFresh: boolean) => Promise<Caller>
}

/**
 * Asks for the details, then at the gate itself: a 200 of the details says nothing about access, and only they name the gate.
 *
 * Gates and requests change while we ask, and what is found must have been true at one moment. "Not asked yet" and "let in"
 * mean one thing or another by the gate, so for these two the gate is looked at once more, until it stood still.
 * @throws what the signal was aborted with; a Hub that does not answer is a finding
 * @see hub-protocol 4.2
 */
export async function askAccess(client: HubClient, modelId: string, options: AskOptions): Promise<Finding> {
  const { signal } = options
  const [caller, first] = await Promise.all([options.findCaller(false), firstShown(client, modelId, options)])
  if (caller.kind === 'refused')
    return refusedToken(client, modelId, signal, first.refusal?.hubMessage ?? caller.hubMessage)
  let shown = first
  for (let round = 1; ; round += 1) {
    if (shown.failure !== undefined) return { caller, state: 'unknown', gated: null, failure: shown.failure }
    if (shown.model === undefined)
      return readRefused(client, { modelId, gated: null, caller, refusal: shown.refusal }, options)
    const { model } = shown
    const gated = parseGated(model.gated) ?? null
    if (model.disabled === true) return { caller, state: 'disabled', gated, id: model.id }
    if (isPublic(model)) return { caller, state: 'public', gated, id: model.id }

    const finding = await askGate(client, model, caller, options)
    if (!dependsOnGate(finding.state) || round === MAX_ROUNDS) return finding
    shown = readShown(await settle(askDetails(client, model.id, { signal }), signal), modelId)
    if (shown.failure !== undefined || (shown.model && isSameGate(shown.model, model))) return finding
  }
}

/** A gate that never stands still is taken as it was last seen. */
const MAX_ROUNDS = 4

async function askGate(client: HubClient, model: HubModel, caller: Caller, options: AskOptions): Promise<Finding> {
  const { id } = model
  const gated = parseGated(model.gated) ?? null
  const check = await settle(askAuthCheck(client, id, options), options.signal)
  if (check instanceof HubgateError)
    return { caller, state: foretells(caller, id, gated) ? 'token-scope' : 'unknown', gated, id, failure: check }
  // Who shows no token is on no list: the gate was taken away since.
  if (check.status === 200 && caller.kind === 'nobody') return { caller, state: 'public', gated: false, id }
  if (check.status === 200) return { caller, state: 'granted', gated, id }
  return readRefused(client, { modelId: id, id, gated, caller, refusal: describeRefusal(check) }, options)
}

function dependsOnGate(state: AccessState): boolean {
  return state === 'granted' || state === 'terms' || state === 'approval'
}

function isSameGate(one: HubModel, other: HubModel): boolean {
  return one.gated === other.gated && one.private === other.private
}

interface Refused {
  readonly modelId: string
  readonly id?: string
  readonly gated: GatedStatus | null
  readonly caller: Caller
  readonly refusal: HubRefusal
}

async function readRefused(client: HubClient, refused: Refused, options: AskOptions): Promise<Finding> {
  const { modelId, id, gated, caller, refusal } = refused
  const { status, hubMessage } = refusal
  const state = readRefusal(refusal, gated)
  if (state === 'token-invalid') return refusedToken(client, modelId, options.signal, hubMessage)
  if (state === 'hidden' && status === 401 && caller.kind !== 'nobody') {
    // Logged-in callers get 404 for what is missing: a 401 in these words means that the token was not taken.
    const { kind } = await options.findCaller(true)
    if (kind === 'refused') return refusedToken(client, modelId, options.signal, hubMessage)
  }
  // An organisation's own refusal of tokens is another matter, which no box at the token's settings mends.
  const isPolicy = /organi[sz]ation/i.test(hubMessage ?? '')
  // Its details were shown a moment ago: where the question itself leads nowhere, as at a mirror that knows none of it, nobody has said that it is gone.
  if (state === 'hidden' && id !== undefined && !saysMissing(refusal))
    return { caller, state: 'unknown', gated, id, hubMessage }
  const isForetold = state === 'unknown' && status === 403 && !isPolicy && foretells(caller, modelId, gated)
  return { caller, state: isForetold ? 'token-scope' : state, gated, id, hubMessage }
}

/** @see hub-protocol 0.3 */
function saysMissing({ hubCode, hubMessage = '' }: HubRefusal): boolean {
  return hubCode === 'RepoNotFound' || /repository not found|invalid username or password/i.test(hubMessage)
}

/** A token that is refused fails everywhere, at public models too. Nobody's question still shows which gate stands there. */
async function refusedToken(
  client: HubClient,
  modelId: string,
  signal: AbortSignal | undefined,
  hubMessage: string | undefined,
): Promise<Finding> {
  const { model } = readShown(await settle(askDetails(client, modelId, { anonymous: true, signal }), signal), modelId)
  const caller: Caller = { kind: 'refused', hubMessage }
  return { caller, state: 'token-invalid', gated: parseGated(model?.gated) ?? null, id: model?.id, hubMessage }
}

/** Do the token's own rights say that the gate will refuse it, whatever words the Hub finds? */
function foretells(caller: Caller, modelId: string, gated: GatedStatus | null): boolean {
  return gated !== false && gated !== null && caller.kind === 'account' && lacksGatedRight(caller.account, modelId)
}

function isPublic({ gated, private: isPrivate }: HubModel): boolean {
  return parseGated(gated) === false && isPrivate !== true
}

type Outcome = HubAnswer | HubgateError

/** A Hub that does not answer is something to tell, not to throw. An abort is thrown. */
async function settle(asked: Promise<HubAnswer>, signal: AbortSignal | undefined): Promise<Outcome> {
  try {
    return await asked
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof HubgateError) return error
    throw error
  }
}

type Shown =
  | { readonly model: HubModel; readonly refusal?: never; readonly failure?: never }
  | { readonly refusal: HubRefusal; readonly model?: never; readonly failure?: never }
  | { readonly failure: HubgateError; readonly model?: never; readonly refusal?: never }

async function firstShown(client: HubClient, modelId: string, { details, signal }: AskOptions): Promise<Shown> {
  if (details !== undefined && !(details instanceof Promise)) return { model: details }
  return readShown(await settle(details ?? askDetails(client, modelId, { signal }), signal), modelId)
}

function readShown(outcome: Outcome, modelId: string): Shown {
  if (outcome instanceof HubgateError) return { failure: outcome }
  if (outcome.status !== 200) return { refusal: describeRefusal(outcome) }
  try {
    return { model: readDetails(outcome, modelId).model }
  } catch (error) {
    if (error instanceof HubgateError) return { failure: error }
    throw error
  }
}
