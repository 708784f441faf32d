export const gpuVendors = ['nvidia', 'amd', 'intel', 'apple', 'unknown'] as const
export type GpuVendor = (typeof gpuVendors)[number]

/** One device that a model can be loaded onto: a card, a slice of one (MIG), or the GPU half of unified memory. */
export interface Gpu {
  /** As the driver or the table of known GPUs names it. */
  readonly name: string
  readonly vendor: GpuVendor
  /** What the driver reports as the whole. Less than the number on the box. */
  readonly memoryBytes: number
  /** What can be allocated now: the whole, less what the driver keeps and other programs hold. */
  readonly freeBytes: number
  /** Peak memory bandwidth; `undefined` for a device that the table does not know. */
  readonly bandwidthBytesPerSecond: number | undefined
  /** Shares its memory with the CPU, so that `freeBytes` falls as programs use RAM. */
  readonly isUnified: boolean
}

export interface Cpu {
  readonly name: string
  /** Threads this process may use. */
  readonly threads: number
}

/** Something that allows less memory than the machine has. */
export interface MemoryLimit {
  /** For people: `cgroup v2 (/system.slice/app)`. */
  readonly from: string
  readonly bytes: number
}

/** What a model may run on: looked up on this machine, or what somebody asked to pretend. */
export interface Hardware {
  readonly origin: 'detected' | 'pretended'
  /** In the driver's order, without those hidden by `CUDA_VISIBLE_DEVICES` and its like. */
  readonly gpus: readonly Gpu[]
  /** `undefined` while pretending. */
  readonly cpu: Cpu | undefined
  /** All RAM that this process may use: the machine's, or the limit set to it. `undefined` while pretending. */
  readonly ramBytes: number | undefined
  readonly freeRamBytes: number | undefined
  readonly limits: readonly MemoryLimit[]
  /** One line each, for people: what could not be looked at, and why. */
  readonly notices: readonly string[]
}
