export {
  type GatedLabel,
  type GatedModel,
  type GatedStatus,
  gatedLabel,
  getGatedType,
  isModelGated,
  parseGated,
} from './gated.ts'
