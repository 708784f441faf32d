import { estimateMemory, type MemoryEstimate } from '../memory/estimate.ts'
import { chooseEngine } from './choose-engine.ts'
import { capacityOf, type Device } from './devices.ts'
import type { FitFacts } from './fit-facts.ts'
import type { FitIntent } from './intent.ts'

/** One way to run the model. */
export interface Setup {
  /** The smallest of the devices decides: every one holds the same share. */
  readonly device: Device
  readonly count: number
  readonly contextLength?: number | undefined
  readonly quantization: string
}

export interface Trial {
  readonly setup: Setup
  readonly estimate: MemoryEstimate
  /** Of one device: what the engine may fill of it, and what it would. */
  readonly capacityBytes: number
  readonly needBytes: number
  /** Of one device; below 0 where it does not fit by the estimate. */
  readonly spareBytes: number
  /** `tight`: the limit lies inside the error band. */
  readonly level: 'fits' | 'tight' | 'no'
}

/** Weighs one way to run the model against what the device leaves. Pure, and cheap: no file, no call. */
export function tryOut(facts: FitFacts, intent: FitIntent, setup: Setup): Trial {
  const { device, count, contextLength, quantization } = setup
  // Another format may mean another engine: GGUF files are llama.cpp's.
  const engine = chooseEngine(intent.engine, quantization, device)
  const estimate = estimateMemory(facts.model, {
    // An engine's other name may say more than the engine: a fork, a program around it.
    engine: intent.engine ?? engine,
    tensorParallel: count,
    gpuMemoryBytes: Math.floor(device.memoryBytes),
    batch: intent.batch ?? 1,
    kvDtype: intent.kvDtype ?? 'auto',
    ...(contextLength === undefined ? {} : { contextLength }),
    ...(quantization === facts.quantization ? {} : { quantization }),
  })
  const { total, perGpu, errorBand, hostWeights, overheadParts } = estimate
  // Where memory is shared, what an engine keeps on the CPU's side is taken from the same.
  const need = perGpu.total + (device.isUnified ? hostWeights : 0)
  const capacityBytes = capacityOf(device, engine, overheadParts.runtime / count)
  return {
    setup,
    estimate,
    capacityBytes,
    needBytes: need,
    spareBytes: capacityBytes - need,
    level: levelOf(capacityBytes, { low: (need * errorBand.low) / total, high: (need * errorBand.high) / total }),
  }
}

function levelOf(capacity: number, need: { readonly low: number; readonly high: number }): Trial['level'] {
  if (need.high <= capacity) return 'fits'
  return need.low <= capacity ? 'tight' : 'no'
}
