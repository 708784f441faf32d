import type { Hardware } from '../hardware/hardware.ts'
import type { Engine } from '../memory/engine.ts'
import { readShape } from '../memory/model-shape.ts'
import { chooseEngine } from './choose-engine.ts'
import { type Device, deviceCounts, devicesOf } from './devices.ts'
import type { FitFacts } from './fit-facts.ts'
import type { FitIntent } from './intent.ts'
import { type Setup, type Trial, tryOut } from './trial.ts'

/** The ways to run one model on some hardware that somebody's intent leaves open. */
export interface Ways {
  readonly engine: Engine
  readonly quantization: string
  /** Most free memory first. */
  readonly devices: readonly Device[]
  /** Tensor parallelism must divide them. */
  readonly attentionHeads: number | undefined
  /** On so many devices, the smallest of which decides; otherwise as intended, but for `change`. */
  readonly at: (count: number, change?: Partial<Setup>) => Trial
  /** In this format on the fewest devices on which it fits; else where it may, else on the most. */
  readonly best: (quantization: string) => Trial
}

/** @throws {RangeError} for more GPUs than there are, or hardware without any memory */
export function waysFor(facts: FitFacts, hardware: Hardware, intent: FitIntent): Ways {
  const devices = devicesOf(hardware)
  if (devices.length === 0) throw new RangeError('Cannot judge a fit: there is no device to hold the model')
  const quantization = intent.quantization ?? facts.quantization
  const engine = chooseEngine(intent.engine, quantization, devices[0])
  const attentionHeads = readShape(facts.model.config)?.heads
  const at: Ways['at'] = (count, change = {}) => {
    // The one that was there is thought of again where more are asked about than there are.
    const device = devices[Math.min(count, devices.length) - 1] ?? devices[0]
    if (device === undefined) throw new RangeError('Cannot judge a fit: there is no device to hold the model')
    return tryOut(facts, intent, { device, count, contextLength: intent.contextLength, quantization, ...change })
  }
  const counts = countsToTry(intent, devices, engine, attentionHeads)
  return {
    engine,
    quantization,
    devices,
    attentionHeads,
    at,
    best: (format) => bestOf(counts.map((count) => at(count, { quantization: format }))),
  }
}

function bestOf(trials: readonly Trial[]): Trial {
  const found =
    trials.find(({ level }) => level === 'fits') ?? trials.find(({ level }) => level === 'tight') ?? trials.at(-1)
  if (found === undefined) throw new RangeError('Cannot judge a fit: no number of GPUs divides this model')
  return found
}

function countsToTry(
  { tensorParallel }: FitIntent,
  devices: readonly Device[],
  engine: Engine,
  attentionHeads: number | undefined,
): number[] {
  if (tensorParallel === undefined) return deviceCounts(devices.length, engine, attentionHeads)
  if (tensorParallel <= devices.length) return [tensorParallel]
  throw new RangeError(
    `Cannot judge a fit on ${tensorParallel} GPUs: there ${devices.length === 1 ? 'is 1' : `are ${devices.length}`}`,
  )
}
