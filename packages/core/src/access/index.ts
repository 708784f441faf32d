export {
  type AccessAnswer,
  type AccessFailure,
  type AccessJson,
  type PreviousAccess,
  toAccessJson,
} from './access-answer.ts'
export { type AccessBadge, type AccessState, accessBadge, accessStates, isOpen } from './access-state.ts'
export { type Colour, colourText, type GateMark, gateMark } from './gate-marks.ts'
export {
  type GatedLabel,
  type GatedModel,
  type GatedStatus,
  gatedLabel,
  getGatedType,
  isModelGated,
  parseGated,
} from './gated.ts'
export { type NextStep, type NextStepContext, nextStep, type Stall } from './next-step.ts'
export { readRefusal } from './read-refusal.ts'
export { type GatedReach, gatedReach, lacksGatedRight } from './token-rights.ts'
