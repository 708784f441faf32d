import type { Hardware } from '../hardware/hardware.ts'
import { type DecodeBound, decodeBound } from './decode-bound.ts'
import { type Device, deviceCounts } from './devices.ts'
import type { FitFacts } from './fit-facts.ts'
import type { FitIntent } from './intent.ts'
import { longestContext } from './max-context.ts'
import { quantisedFit } from './quantised-fit.ts'
import { type SmallestGpu, smallestKnownGpu } from './smallest-gpu.ts'
import type { Trial } from './trial.ts'
import type { Verdict } from './verdict.ts'
import { type Ways, waysFor } from './ways.ts'

/** How many GPUs of one kind are thought of, when those at hand do not do. */
const MAX_GPUS = 64
/** A context shorter than this helps nobody. */
const LEAST_CONTEXT = 2048

export interface FitAnswer {
  /** As asked: on the fewest devices that hold it, or on all where none do. */
  readonly trial: Trial
  readonly verdict: Verdict
  /** Every other way that works, in falling order of comfort. */
  readonly alternatives: readonly Verdict[]
  /** Tokens, on the same devices and in the same format; `undefined` where not even a short one fits. */
  readonly maxContext: number | undefined
  readonly smallestGpu: SmallestGpu | undefined
  /** `undefined` where it does not fit, or a bandwidth is not known. */
  readonly decode: DecodeBound | undefined
  /** Devices of the hardware, most free memory first. */
  readonly devices: readonly Device[]
}

/**
 * Does this model run on this hardware, as somebody means to run it, and what else would?
 * @throws {RangeError} for a context, batch, KV type or number of GPUs that cannot be meant, or hardware without any memory
 */
export function fitModel(facts: FitFacts, hardware: Hardware, intent: FitIntent = {}): FitAnswer {
  const ways = waysFor(facts, hardware, intent)
  const { engine, devices, attentionHeads } = ways
  const trial = ways.best(ways.quantization)
  const { count } = trial.setup
  const maxContext = longestContext(
    facts.maxContext,
    (contextLength) => ways.at(count, { contextLength }).level === 'fits',
  )
  const [verdict = { kind: 'no' }, ...alternatives] = workingWays(facts, intent, ways, { trial, maxContext })
  return {
    trial,
    verdict,
    alternatives,
    maxContext,
    smallestGpu: smallestKnownGpu(
      engine,
      deviceCounts(MAX_GPUS, engine, attentionHeads),
      (device, number) => ways.at(number, { device }).level === 'fits',
    ),
    decode: trial.level === 'no' ? undefined : decodeBound(trial.estimate, devices.slice(0, count)),
    devices,
  }
}

/** All that works, in falling order of comfort. */
function workingWays(
  facts: FitFacts,
  intent: FitIntent,
  ways: Ways,
  { trial, maxContext }: Pick<FitAnswer, 'trial' | 'maxContext'>,
): Verdict[] {
  const { level, setup, spareBytes } = trial
  const asAsked: Verdict[] = level === 'no' ? [] : [{ kind: level, gpuCount: setup.count, spareBytes }]
  if (level === 'fits') return asAsked
  return [
    ...asAsked,
    ...shorterContext(trial, maxContext, ways),
    ...[quantisedFit(facts, ways)].filter((fit) => fit !== undefined),
    ...(intent.tensorParallel === undefined ? moreGpus(trial, ways) : []),
  ]
}

function shorterContext({ setup, estimate }: Trial, maxContext: number | undefined, ways: Ways): Verdict[] {
  if (maxContext === undefined || maxContext < LEAST_CONTEXT || maxContext >= estimate.contextLength) return []
  const { spareBytes } = ways.at(setup.count, { contextLength: maxContext })
  return [{ kind: 'shorter-context', gpuCount: setup.count, contextLength: maxContext, spareBytes }]
}

function moreGpus({ setup: { device, count } }: Trial, { engine, attentionHeads, at }: Ways): Verdict[] {
  if (device.isUnified) return []
  const counts = deviceCounts(MAX_GPUS, engine, attentionHeads).filter((number) => number > count)
  const gpuCount = counts.find((number) => at(number, { device }).level === 'fits')
  return gpuCount === undefined ? [] : [{ kind: 'more-gpus', gpuCount, gpuName: device.name }]
}
