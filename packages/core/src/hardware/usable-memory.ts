const GIB = 1024 ** 3

/**
 * What the driver leaves free on an idle card, in bytes: a quarter GiB and a hundredth less than it reports. That meets what
 * CUDA reports as usable within 0.15 GiB: 23.5 to 23.7 of 24, 31.4 of 32, 79.2 of 80, 44.4 to 45 of the 45 that an L40S reports.
 * @see docs/hardware.md, "What a card leaves you"
 */
export function usableBytes(reportedBytes: number): number {
  return Math.max(0, Math.floor(reportedBytes - GIB / 4 - reportedBytes / 100))
}

/**
 * What macOS lets the GPU of an Apple chip wire down by default: two thirds of memory up to 36 GB, three quarters above.
 * `sudo sysctl iogpu.wired_limit_mb=…` sets another limit.
 */
export function appleGpuBytes(memoryBytes: number): number {
  return Math.floor(memoryBytes <= 36 * GIB ? (memoryBytes * 2) / 3 : (memoryBytes * 3) / 4)
}

/** GDDR6 of data-centre cards keeps its error-correcting bits in the memory itself: a T4 reports 15 GiB, an L40S 45. */
export function withInlineEcc(boxBytes: number): number {
  return (boxBytes * 15) / 16
}
