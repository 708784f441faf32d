import type { Colour } from './gate-marks.ts'

/** What a given token meets at a model's gate. A promised interface: pipelines test for these words. */
export const accessStates = [
  'public',
  'granted',
  'sign-in',
  'terms',
  'approval',
  'pending',
  'rejected',
  'reset',
  'token-scope',
  'token-invalid',
  'hidden',
  'disabled',
  'unknown',
] as const
export type AccessState = (typeof accessStates)[number]

/** A state as people see it. */
export interface AccessBadge {
  readonly label: string
  readonly colour: Colour
  /** One word for the column of a table. */
  readonly word: string
  readonly sentence: string
}

const badges = {
  public: { label: 'open', colour: 'green', word: 'open', sentence: 'Anyone can download it.' },
  granted: { label: 'granted', colour: 'green', word: 'granted', sentence: 'It is gated, and this token opens it.' },
  'sign-in': { label: 'token', colour: 'yellow', word: 'token', sentence: 'It is gated, and no token was given.' },
  terms: {
    label: 'terms',
    colour: 'yellow',
    word: 'terms',
    sentence: 'This account has not accepted the terms yet; they take effect at once.',
  },
  approval: {
    label: 'approval',
    colour: 'red',
    word: 'ask',
    sentence: 'The authors approve each person, and have not been asked yet.',
  },
  pending: { label: 'pending', colour: 'blue', word: 'waiting', sentence: 'Asked; the authors have not answered yet.' },
  rejected: {
    label: 'refused',
    colour: 'red',
    word: 'refused',
    sentence: 'The authors said no, and cannot be asked again.',
  },
  reset: {
    label: 'approval',
    colour: 'red',
    word: 'ask',
    sentence: 'The authors reset the request; a new one may be sent.',
  },
  'token-scope': {
    label: 'token',
    colour: 'red',
    word: 'token',
    sentence: 'This fine-grained token may not read gated models; the account may be fine.',
  },
  'token-invalid': {
    label: 'token',
    colour: 'red',
    word: 'token',
    sentence: 'The Hub does not know this token: it is expired, revoked or mistyped.',
  },
  hidden: {
    label: '?',
    colour: 'grey',
    word: '?',
    sentence: 'It does not exist, or is private to others: the Hub does not say which.',
  },
  disabled: { label: 'off', colour: 'grey', word: 'off', sentence: 'The Hub has taken it down.' },
  unknown: { label: '?', colour: 'grey', word: '?', sentence: 'Nobody has said yet.' },
} as const satisfies Record<AccessState, AccessBadge>

export function accessBadge(state: AccessState): AccessBadge {
  return badges[state]
}

/** Can the files be downloaded in this state? */
export function isOpen(state: AccessState): boolean {
  return state === 'public' || state === 'granted'
}
