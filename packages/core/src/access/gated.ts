/**
 * The Hub's raw `gated` value: `false` (public), `"auto"` (accept terms), `"manual"` (the authors approve each person),
 * or a bare `true` (gated, kind not known).
 */
const gatedStatuses = [false, 'auto', 'manual', true] as const
export type GatedStatus = (typeof gatedStatuses)[number]

/** For people. `null` stands for a gate that was never seen: it is not public, it is unknown. */
const GATED_LABELS = {
  false: 'Public',
  auto: 'Terms Required',
  manual: 'Approval Required',
  true: 'Restricted',
  null: 'Gate Unknown',
} as const
export type GatedLabel = (typeof GATED_LABELS)[keyof typeof GATED_LABELS]

export function gatedLabel(gated: GatedStatus | null): GatedLabel {
  return GATED_LABELS[`${gated}`]
}

/** Narrows an outside value; `undefined` for everything the Hub has never been seen to say. */
export function parseGated(value: unknown): GatedStatus | undefined {
  return gatedStatuses.find((status) => status === value)
}

/** Anything with the Hub's `gated` field: a list row that asked for it, or a detail answer. */
export interface GatedModel {
  readonly gated?: unknown
}

/**
 * Is this raw model answer gated? `"auto"`, `"manual"` and `true` are; `false` and an absent field are not.
 *
 * Reads a raw answer as the specification says. A list row carries `gated` only when `expand` asked for it, so for
 * records of the catalog, where absence means "never seen", use their own gate.
 * @example isModelGated({ gated: 'manual' }) // true
 */
export function isModelGated(model: GatedModel): boolean {
  return model.gated === 'auto' || model.gated === 'manual' || model.gated === true
}

/**
 * The gate of a raw model answer in words: `"auto"` is Terms Required, `"manual"` Approval Required, `true` Restricted, else Public.
 * @example getGatedType({ gated: 'auto' }) // 'Terms Required'
 */
export function getGatedType(model: GatedModel): Exclude<GatedLabel, 'Gate Unknown'> {
  const gated = parseGated(model.gated) ?? false
  return GATED_LABELS[`${gated}`]
}
