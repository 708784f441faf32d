import type { ErrorCode } from '../errors.ts'
import { type AccessState, isOpen } from './access-state.ts'
import { type GatedLabel, type GatedStatus, gatedLabel } from './gated.ts'
import type { NextStep } from './next-step.ts'

/** May this token have this model? What the Hub answered, and what to do about it. */
export interface AccessAnswer {
  /** As the Hub spells it now. */
  readonly id: string
  /** The id that was asked for, where it is a former one. */
  readonly renamedFrom: string | undefined
  /** `null` where the Hub did not show the gate. */
  readonly gated: GatedStatus | null
  readonly state: AccessState
  /** Whose token asked; `undefined` for nobody's, and where the Hub did not say. */
  readonly account: string | undefined
  /** ISO 8601; `undefined` where nobody asked the Hub. */
  readonly checkedAt: string | undefined
  /** The Hub's own sentence. */
  readonly hubMessage: string | undefined
  readonly nextStep: NextStep
  /** The last check before this one, where it said something else or this one said nothing. */
  readonly previous: PreviousAccess | undefined
  /** What kept the Hub from answering; the state is then `unknown`, or what the token's own rights foretell. */
  readonly failure: AccessFailure | undefined
}

export interface PreviousAccess {
  readonly state: AccessState
  readonly gated: GatedStatus | null
  readonly checkedAt: string
}

export interface AccessFailure {
  readonly code: ErrorCode
  readonly message: string
}

/** An access answer as programs read it: a promised interface. Fields are only added. */
export interface AccessJson {
  readonly id: string
  readonly renamedFrom?: string
  readonly gated: GatedStatus | null
  readonly gatedLabel: GatedLabel
  readonly state: AccessState
  /** Can it be downloaded? */
  readonly open: boolean
  readonly account: string | null
  readonly checkedAt: string | null
  readonly hubMessage: string | null
  readonly nextStep: NextStep
  readonly previous?: PreviousAccess
  readonly failure?: AccessFailure
}

export function toAccessJson(answer: AccessAnswer): AccessJson {
  const { id, renamedFrom, gated, state, account, checkedAt, hubMessage, nextStep, previous, failure } = answer
  return {
    id,
    ...(renamedFrom === undefined ? {} : { renamedFrom }),
    gated,
    gatedLabel: gatedLabel(gated),
    state,
    open: isOpen(state),
    account: account ?? null,
    checkedAt: checkedAt ?? null,
    hubMessage: hubMessage ?? null,
    nextStep,
    ...(previous === undefined ? {} : { previous }),
    ...(failure === undefined ? {} : { failure }),
  }
}
