import type { GpuVendor } from './hardware.ts'
import type { FoundGpu } from './probe.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** The variables with which people hide GPUs from their programs, by vendor; the first that is set counts. */
export const visibilityVariables: Readonly<Partial<Record<GpuVendor, readonly string[]>>> = {
  nvidia: ['CUDA_VISIBLE_DEVICES'],
  amd: ['HIP_VISIBLE_DEVICES', 'ROCR_VISIBLE_DEVICES', 'CUDA_VISIBLE_DEVICES'],
  intel: ['ZE_AFFINITY_MASK'],
}

export interface VisibleGpus {
  readonly gpus: readonly FoundGpu[]
  /** One line for people, where a variable hides something. */
  readonly notice: string | undefined
}

/**
 * The GPUs that programs started from here would see, in the order they would see them. As in CUDA: a list of indices or of
 * the beginnings of UUIDs, that ends at the first which names none; an empty list hides all.
 */
export function visibleGpus(found: readonly FoundGpu[], vendor: GpuVendor, environment: Environment): VisibleGpus {
  const name = visibilityVariables[vendor]?.find((variable) => environment[variable] !== undefined)
  const value = name === undefined ? undefined : environment[name]?.trim()
  if (name === undefined || value === undefined || value.toLowerCase() === 'all')
    return { gpus: found, notice: undefined }
  const gpus: FoundGpu[] = []
  for (const wish of value.split(',').map((part) => part.trim())) {
    const matches = found.filter((gpu) => isMeant(gpu, wish) && !gpus.includes(gpu))
    if (matches.length === 0) break
    gpus.push(...matches)
  }
  const hidden = found.length - gpus.length
  return { gpus, notice: hidden > 0 ? `${name} hides ${hidden} of ${found.length} GPUs` : undefined }
}

/** Level Zero writes tiles behind a dot (`0.1`); the card is what counts here. */
function isMeant({ index, ids }: FoundGpu, wish: string): boolean {
  if (wish === '') return false
  if (/^\d+(?:\.\d+)?$/.test(wish)) return index === Math.trunc(Number(wish))
  return ids.some((id) => id.toLowerCase().startsWith(wish.toLowerCase()))
}
