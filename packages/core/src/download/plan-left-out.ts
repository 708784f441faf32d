/** Why a file of the commit is not part of a plan. */
export const leftOutReasons = [
  'excluded',
  'not included',
  'other format',
  'other precision',
  'other quantization',
  'second copy',
  'training state',
  'not for runtimes',
] as const
export type LeftOutReason = (typeof leftOutReasons)[number]

/** Leaves files out; the first reason given for a file stands. */
export type Leave = (paths: readonly string[], reason: LeftOutReason) => void
