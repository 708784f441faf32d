import type { Gpu } from './hardware.ts'
import type { KnownGpu } from './known-gpus.ts'
import { appleGpuBytes, usableBytes, withInlineEcc } from './usable-memory.ts'

const GIB = 1024 ** 3
const MIB = 1024 ** 2
/** Of memory shared with the CPU: the largest that a Strix Halo's firmware sets aside (96 of 128 GB); cautious for a DGX Spark. */
const SHARED_PART = 0.75

/** A known GPU as if it were in this machine, idle. `sizeGb` @default the first size it is sold with */
export function pretendGpu(known: KnownGpu, sizeGb: number = known.sizesGb[0] ?? 0): Gpu {
  const hasSizes = known.sizesGb.length > 1
  const boxBytes = sizeGb * GIB
  return {
    name:
      hasSizes && !known.name.includes('GB') && known.reportedMib === undefined
        ? `${known.name} ${sizeGb}GB`
        : known.name,
    vendor: known.vendor,
    ...memoryOf(known, boxBytes),
    bandwidthBytesPerSecond: bandwidthOf(known),
    isUnified: known.kind !== 'card',
  }
}

export function bandwidthOf(known: KnownGpu | undefined): number | undefined {
  return known?.bandwidthGbps === undefined ? undefined : known.bandwidthGbps * 1e9
}

function memoryOf(known: KnownGpu, boxBytes: number): Pick<Gpu, 'memoryBytes' | 'freeBytes'> {
  if (known.kind === 'apple') return { memoryBytes: boxBytes, freeBytes: appleGpuBytes(boxBytes) }
  if (known.kind === 'shared') return { memoryBytes: boxBytes, freeBytes: Math.floor(boxBytes * SHARED_PART) }
  const memoryBytes =
    known.reportedMib === undefined
      ? known.hasInlineEcc === true
        ? withInlineEcc(boxBytes)
        : boxBytes
      : known.reportedMib * MIB
  return { memoryBytes, freeBytes: usableBytes(memoryBytes) }
}
