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
export { type NextStep, type NextStepContext, nextStep } from './next-step.ts'
