import { lookUp } from '../util/look-up.ts'
import { countParams, type ParamCount, type TensorGroup } from './count-params.ts'
import { countTower } from './count-tower.ts'
import type { ModelFactsForMemory } from './facts.ts'
import type { ModelShape } from './model-shape.ts'

/** Parameters by role, and how they were come by. */
export interface ResolvedParams {
  /** What an engine loads. */
  readonly groups: readonly TensorGroup[]
  readonly total: number
  /** Stored but not loaded: multi-token-prediction layers, a second copy of tied embeddings, towers where the engine skips them. */
  readonly unloaded: number
  readonly source: 'config' | 'total' | 'name'
  /** Did the config explain the count to within a few per cent? */
  readonly isExact: boolean
  readonly notes: readonly string[]
}

/** More parameters than any model has; beyond it a figure is not believed. */
const MAX_PARAMS = 1e15

/** How the repository's own count is to be read. */
export interface CountReading {
  /** Does the engine load vision and audio towers? */
  readonly loadsTowers: boolean
  /** Are several weights packed in one stored element, so that the stated count is of words? */
  readonly isPacked: boolean
}

/**
 * Reconciles the count from the config with the count the repository states. The config wins on what is loaded, the stated count
 * on what the config does not explain.
 */
export function resolveParams(
  facts: ModelFactsForMemory,
  shape: ModelShape | undefined,
  reading: CountReading = { loadsTowers: true, isPacked: false },
): ResolvedParams | undefined {
  const stated = statedTotal(facts)
  const count = shape === undefined ? undefined : countWithTies(shape, stated)
  if (shape === undefined || count === undefined) return fromTotal(stated, facts)
  if (stated === undefined) return withTower(fromCount(count, []), shape, reading)
  return reconcile(count, stated, shape, reading, paramsInName(facts.name))
}

/** Beyond this share of the whole, what the config leaves unexplained is no tower and no prediction layer. */
const MAX_EXTRA = 0.25

function reconcile(
  count: ParamCount,
  stated: number,
  shape: ModelShape,
  { loadsTowers, isPacked }: CountReading,
  named: number | undefined,
): ResolvedParams {
  const excess = stated - count.total
  if (Math.abs(excess) <= 0.005 * stated) return fromCount(count, [])
  const isNamed = named !== undefined && Math.abs(stated / named - 1) < 0.15
  // Words of eight 4-bit weights, with scales and what stays wide, come to less than half of the true count.
  if (isPacked && !isNamed && excess < MAX_EXTRA * stated && (count.isExact || stated < 0.45 * count.total))
    return fromCount(count, [])
  if (excess < 0 || !count.isExact || excess > MAX_EXTRA * stated) return scaled(count, stated)
  if (isPrediction(excess, shape)) return { ...fromCount(count, [unusedNote(excess, shape)]), unloaded: excess }
  if (isPacked) return fromCount(count, [])
  if (!shape.isMultimodal) return withGroup(fromCount(count, []), excess)
  if (!loadsTowers)
    return fromCount(count, [`the vision or audio tower (${short(excess)} parameters) is not part of it`])
  const known = countTower(shape)
  const loaded = known === undefined ? excess : Math.min(excess, 1.05 * known)
  return { ...withGroup(fromCount(count, []), loaded), unloaded: excess - loaded }
}

/** Families that are published with layers for multi-token prediction, which are stored and usually not loaded. */
const predicts =
  /^(deepseek_v3|deepseek_v32|glm4_moe|glm4_moe_lite|glm_moe_dsa|qwen3_next|mimo|longcat|ernie4_5_moe|exaone_moe|nemotron_h|step)/

/** Is the excess what is stored without being loaded: such layers, or a second copy of tied embeddings? */
function isPrediction(
  excess: number,
  { tied, hidden = 0, vocabulary = 0, family, isMultimodal, reader }: ModelShape,
): boolean {
  if (tied === true && Math.abs(excess / (hidden * vocabulary) - 1) < 0.02) return true
  return (
    !isMultimodal &&
    (predicts.test(family) || reader.has('num_nextn_predict_layers') || reader.has('mtp_num_hidden_layers'))
  )
}

function unusedNote(excess: number, shape: ModelShape): string {
  const what = shape.tied === true ? 'a second copy of the tied embeddings' : 'layers for multi-token prediction'
  return `${short(excess)} stored parameters (${what}) are not loaded`
}

/** With no stated count the tower is counted from its own part of the config. */
function withTower(params: ResolvedParams, shape: ModelShape, { loadsTowers }: CountReading): ResolvedParams {
  const tower = loadsTowers ? countTower(shape) : undefined
  if (tower !== undefined) return withGroup(params, tower)
  return shape.isMultimodal && loadsTowers
    ? { ...params, isExact: false, notes: ['the vision or audio tower is not counted'] }
    : params
}

function withGroup(params: ResolvedParams, tower: number): ResolvedParams {
  return {
    ...params,
    groups: [...params.groups, { role: 'tower', params: tower, layers: 1, row: 1024 }],
    total: params.total + tower,
  }
}

function fromCount(count: ParamCount, notes: readonly string[]): ResolvedParams {
  return { groups: count.groups, total: count.total, unloaded: 0, source: 'config', isExact: count.isExact, notes }
}

/** The config explains the proportions only: everything but the embeddings is stretched to the stated total. */
function scaled(count: ParamCount, stated: number): ResolvedParams {
  const ends = count.groups.filter(isEnd).reduce((sum, { params }) => sum + params, 0)
  const body = count.total - ends
  const factor = body > 0 && stated > ends ? (stated - ends) / body : 1
  const groups = count.groups.map((group) => (isEnd(group) ? group : { ...group, params: group.params * factor }))
  return {
    groups,
    total: groups.reduce((sum, { params }) => sum + params, 0),
    unloaded: 0,
    source: 'total',
    isExact: false,
    notes: [],
  }
}

function isEnd({ role }: TensorGroup): boolean {
  return role === 'embedding' || role === 'output'
}

/** No config: a body and its embeddings, whose share falls with size (Qwen3-8B 15 %, Llama-3.1-8B 13 %, Qwen2.5-14B 11 %, 72B 3 %). */
function fromTotal(stated: number | undefined, facts: ModelFactsForMemory): ResolvedParams | undefined {
  const total = stated ?? paramsInName(facts.name)
  if (total === undefined) return undefined
  const share = Math.min(0.35, 0.22 * (total / 1.5e9) ** -0.4)
  const groups: TensorGroup[] = [
    { role: 'embedding', params: total * share * 0.6, layers: 1, row: 4096 },
    { role: 'output', params: total * share * 0.4, layers: 1, row: 4096 },
    { role: 'expertUp', params: total * (1 - share) * 0.65, layers: 32, row: 4096 },
    { role: 'expertDown', params: total * (1 - share) * 0.35, layers: 32, row: 14336 },
  ]
  const source = stated === undefined ? 'name' : 'total'
  const notes = source === 'name' ? ['parameters are read off the name'] : []
  return { groups, total, unloaded: 0, source, isExact: false, notes }
}

/**
 * Where the config leaves open whether the embeddings are tied, the stated count tells: the layout that explains most of it
 * without exceeding it, as towers and prediction layers may come on top.
 */
function countWithTies(shape: ModelShape, stated: number | undefined): ParamCount | undefined {
  if (shape.tied !== undefined || stated === undefined) return countParams(shape)
  const apart = countParams(shape, false)
  const tied = countParams(shape, true)
  if (tied === undefined || apart === undefined) return undefined
  return apart.total <= 1.005 * stated || Math.abs(apart.total - stated) < 0.01 * stated ? apart : tied
}

function statedTotal({ paramsTotal, paramsByDtype }: ModelFactsForMemory): number | undefined {
  const byDtype = Object.values(paramsByDtype ?? {}).filter(isPlausible)
  const total = isPlausible(paramsTotal) ? paramsTotal : byDtype.reduce((sum, params) => sum + params, 0)
  return total > 0 ? total : undefined
}

function isPlausible(params: number | undefined): params is number {
  return typeof params === 'number' && Number.isFinite(params) && params > 0 && params <= MAX_PARAMS
}

const unitOf: Readonly<Record<string, number>> = { m: 1e6, b: 1e9, t: 1e12 }

/**
 * Parameters as a name tells them: `8B`, `1.5B`, `360M`, `8x7B` (of which the shared parts are counted once: about 83 %).
 * Active counts (`A3B`) do not count.
 */
export function paramsInName(name: string | undefined): number | undefined {
  const last = (name ?? '').slice(-200).split('/').at(-1) ?? ''
  const [, experts, digits, unit] =
    /(?:^|[-_. ])(?:(\d{1,3})x)?(\d{1,5}(?:[._]\d{1,3})?)([bmt])(?=$|[-_. ])/i.exec(last) ?? []
  if (digits === undefined || unit === undefined) return undefined
  const params =
    Number(digits.replace('_', '.')) *
    (lookUp(unitOf, unit.toLowerCase()) ?? 1) *
    (experts === undefined ? 1 : Number(experts) * 0.83)
  return isPlausible(params) ? params : undefined
}

function short(params: number): string {
  return params >= 1e9 ? `${(params / 1e9).toFixed(2)}B` : `${(params / 1e6).toFixed(0)}M`
}
