import { contextLabel } from '@hubgate/core/catalog'
import type { FitAnswer, Trial, Verdict } from '@hubgate/core/fit'
import { formatBytes } from './quantities.ts'

export type Tone = 'green' | 'yellow' | 'red'

/** A verdict in words for one line, led by the word that matters. */
export function describeVerdict(verdict: Verdict, { trial }: Pick<FitAnswer, 'trial'>): { text: string; tone: Tone } {
  switch (verdict.kind) {
    case 'fits':
      return { tone: 'green', text: `fits ${onDevices(trial)}, ${formatBytes(verdict.spareBytes)} spare` }
    case 'tight':
      return { tone: 'yellow', text: `tight ${onDevices(trial)}: ${tightness(verdict.spareBytes)}` }
    case 'shorter-context':
      return {
        tone: 'yellow',
        text: `fits with a shorter context, ${contextLabel(verdict.contextLength)} instead of ${contextLabel(trial.estimate.contextLength)}`,
      }
    case 'quantised':
      return {
        tone: 'yellow',
        text: `fits quantised: ${verdict.quantization}${verdict.modelId === undefined ? '' : ` (${verdict.modelId})`}${verdict.gpuCount === 1 ? '' : ` on ${verdict.gpuCount} GPUs`}, ${formatBytes(verdict.spareBytes)} spare`,
      }
    case 'more-gpus':
      return { tone: 'red', text: `needs ${verdict.gpuCount} × ${verdict.gpuName}` }
    case 'no':
      return { tone: 'red', text: `does not fit ${onDevices(trial)}: ${formatBytes(-trial.spareBytes)} too much` }
  }
}

/** The smallest GPU of the table that holds it, as asked. */
export function smallestText({ smallestGpu }: Pick<FitAnswer, 'smallestGpu'>): string {
  if (smallestGpu === undefined) return 'none that is known'
  return smallestGpu.count === 1 ? smallestGpu.name : `${smallestGpu.count} × ${smallestGpu.name}`
}

function onDevices({ setup }: Trial): string {
  if (setup.device.isRam) return 'in main memory'
  return setup.count === 1 ? `on ${setup.device.name}` : `on ${setup.count} × ${setup.device.name}`
}

function tightness(spareBytes: number): string {
  return spareBytes >= 0
    ? `${formatBytes(spareBytes)} spare, less than the estimate may be off by`
    : `${formatBytes(-spareBytes)} too much, less than the estimate may be off by`
}
