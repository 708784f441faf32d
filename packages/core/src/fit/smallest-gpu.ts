import type { GpuVendor } from '../hardware/hardware.ts'
import { knownGpus } from '../hardware/known-gpus.ts'
import { pretendGpu } from '../hardware/pretend-gpu.ts'
import type { Engine } from '../memory/engine.ts'
import type { Device } from './devices.ts'

export interface SmallestGpu {
  readonly name: string
  readonly count: number
}

/** Each GPU of the table in every size, as if it were here, least free memory first. */
function shelf(engine: Engine): readonly Device[] {
  const vendors = vendorsFor(engine)
  return knownGpus
    .filter(({ vendor }) => vendors.includes(vendor))
    .flatMap((known) => known.sizesGb.map((size) => ({ ...pretendGpu(known, size), isRam: false })))
    .toSorted((a, b) => a.freeBytes - b.freeBytes)
}

/** The first of the table that holds the model alone; else the fewest of its largest that do together. */
export function smallestKnownGpu(
  engine: Engine,
  counts: readonly number[],
  fits: (device: Device, count: number) => boolean,
): SmallestGpu | undefined {
  const devices = shelf(engine)
  const alone = devices.find((device) => fits(device, 1))
  if (alone !== undefined) return { name: alone.name, count: 1 }
  const largest = devices.filter(({ isUnified }) => !isUnified).at(-1)
  const count = largest && counts.find((number) => fits(largest, number))
  return largest === undefined || count === undefined ? undefined : { name: largest.name, count }
}

function vendorsFor(engine: Engine): readonly GpuVendor[] {
  if (engine === 'mlx') return ['apple']
  if (engine === 'vllm' || engine === 'sglang') return ['nvidia', 'amd']
  return engine === 'llama.cpp' ? ['nvidia', 'amd', 'intel', 'apple'] : ['nvidia', 'amd', 'intel']
}
