import type { Gpu, Hardware } from '../hardware/hardware.ts'
import { usableBytes } from '../hardware/usable-memory.ts'
import type { Engine } from '../memory/engine.ts'

/** Of the whole card, whatever is free of it: what vLLM takes unless told otherwise. @see memory-model 7 */
const VLLM_UTILIZATION = 0.9

/** Where a model can be loaded: a GPU, or main memory where there is none. */
export interface Device extends Gpu {
  readonly isRam: boolean
}

/** The devices of this hardware, most free memory first. */
export function devicesOf(hardware: Hardware): readonly Device[] {
  const gpus = hardware.gpus.map((gpu) => ({ ...gpu, isRam: false }))
  if (gpus.length > 0) return gpus.toSorted((a, b) => b.freeBytes - a.freeBytes)
  const { ramBytes, freeRamBytes } = hardware
  if (ramBytes === undefined) return []
  const ram: Device = {
    name: 'RAM',
    vendor: 'unknown',
    memoryBytes: ramBytes,
    freeBytes: freeRamBytes ?? ramBytes,
    bandwidthBytesPerSecond: undefined,
    isUnified: true,
    isRam: true,
  }
  return [ram]
}

/**
 * What an engine may fill of one device. vLLM takes its share of the whole card and starts only where as much is free; the
 * driver's context (`contextBytes`) stands beside that share.
 */
export function capacityOf(device: Device, engine: Engine, contextBytes: number): number {
  const { memoryBytes, freeBytes, isUnified } = device
  if (engine !== 'vllm') return freeBytes
  // What CUDA calls the total: the card without what the driver keeps.
  const whole = isUnified ? memoryBytes : Math.max(usableBytes(memoryBytes), freeBytes)
  return Math.min(freeBytes, Math.floor(whole * VLLM_UTILIZATION + contextBytes))
}

/**
 * Over how many devices a model may be divided, rising. Tensor parallelism must divide the attention heads; engines that hand
 * whole layers to each device take any number; MLX and MLC run on one.
 */
export function deviceCounts(available: number, engine: Engine, attentionHeads: number | undefined): number[] {
  const counts = Array.from({ length: available }, (_, index) => index + 1)
  if (engine === 'mlx' || engine === 'mlc') return counts.slice(0, 1)
  if (engine === 'llama.cpp' || engine === 'transformers') return counts
  return counts.filter((count) =>
    attentionHeads === undefined ? Number.isInteger(Math.log2(count)) : attentionHeads % count === 0,
  )
}
