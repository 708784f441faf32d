import type { GpuVendor } from './hardware.ts'

/** A GPU or chip that can be pretended, and whose bandwidth is known when it is found. */
export interface KnownGpu {
  readonly name: string
  readonly vendor: GpuVendor
  /** `card`: memory of its own. `apple`, `shared`: memory shared with the CPU. */
  readonly kind: 'card' | 'apple' | 'shared'
  /** GB as sold, which are GiB where nothing else is said. The first is taken where nobody says which. */
  readonly sizesGb: readonly number[]
  /** Peak, in 10^9 bytes per second. `undefined` where no source was found. */
  readonly bandwidthGbps: number | undefined
  /** What the driver reports as its whole memory, where that is known to differ from the size as sold. */
  readonly reportedMib?: number
  /** Error correction takes a sixteenth of the memory. */
  readonly hasInlineEcc?: boolean
  /** Other names: what a driver calls it, or people do. */
  readonly aliases?: readonly string[]
  /** Where the memory and the bandwidth come from; the letters are explained in docs/hardware.md. */
  readonly source: string
}

type Extra = Pick<KnownGpu, 'reportedMib' | 'hasInlineEcc' | 'aliases'>
type Row = readonly [
  name: string,
  sizesGb: readonly number[],
  bandwidthGbps: number | undefined,
  source: string,
  extra?: Extra,
]

const ecc: Extra = { hasInlineEcc: true }

const nvidiaCards: readonly Row[] = [
  ['GeForce RTX 5090', [32], 1792, 'H;W,L'],
  ['GeForce RTX 5090 Laptop', [24], 896, 'H;V', { aliases: ['RTX 5090 Mobile'] }],
  ['GeForce RTX 5080', [16], 960, 'H;W,L'],
  ['GeForce RTX 5070 Ti', [16], 896, 'H;W,L'],
  ['GeForce RTX 5070', [12], 672, 'H;W,L'],
  ['GeForce RTX 5060 Ti', [8, 16], 448, 'H;W,L'],
  ['GeForce RTX 5060', [8], 448, 'H;V'],
  ['GeForce RTX 5050', [8], 320, 'H;V'],
  ['GeForce RTX 4090', [24], 1008, 'H;W,L'],
  ['GeForce RTX 4090 Laptop', [16], 576, 'H;V', { aliases: ['RTX 4090 Mobile'] }],
  ['GeForce RTX 4080 SUPER', [16], 736, 'H;W,L'],
  ['GeForce RTX 4080', [16], 716.8, 'H;W,L'],
  ['GeForce RTX 4080 Laptop', [12], 432, 'H;V', { aliases: ['RTX 4080 Mobile'] }],
  ['GeForce RTX 4070 Ti SUPER', [16], 672, 'H;W,L'],
  ['GeForce RTX 4070 Ti', [12], 504, 'H;W,L'],
  ['GeForce RTX 4070 SUPER', [12], 504, 'H;W,L'],
  ['GeForce RTX 4070', [12], 504, 'H;W,L'],
  ['GeForce RTX 4070 Laptop', [8], 256, 'H;V', { aliases: ['RTX 4070 Mobile'] }],
  ['GeForce RTX 4060 Ti', [8, 16], 288, 'H;W,L'],
  ['GeForce RTX 4060', [8], 272, 'H;W,L'],
  ['GeForce RTX 4060 Laptop', [8], 256, 'H;V', { aliases: ['RTX 4060 Mobile'] }],
  ['GeForce RTX 3090 Ti', [24], 1008, 'H;W,L'],
  ['GeForce RTX 3090', [24], 936, 'H;W,L'],
  ['GeForce RTX 3080 Ti', [12], 912, 'H;W,L'],
  ['GeForce RTX 3080', [10], 760, 'H;W,L'],
  ['GeForce RTX 3080 12GB', [12], 912, 'H;V'],
  ['GeForce RTX 3070 Ti', [8], 608, 'H;W,L'],
  ['GeForce RTX 3070', [8], 448, 'H;W,L'],
  ['GeForce RTX 3060 Ti', [8], 448, 'H;W,L'],
  ['GeForce RTX 3060', [12], 360, 'H;W,L'],
  ['GeForce RTX 2080 Ti', [11], 616, 'H;W,L'],
  ['GeForce RTX 2080', [8], 448, 'H;W,L'],
  ['GeForce RTX 2070 SUPER', [8], 448, 'H;W,L'],
  ['GeForce RTX 2070', [8], 448, 'H;W'],
  ['GeForce RTX 2060', [6], 336, 'H;W,L'],
  ['GeForce RTX 2060 12GB', [12], 336, 'H;V'],
  ['GeForce GTX 1660 SUPER', [6], 336, 'W,L'],
  ['GeForce GTX 1080 Ti', [11], 484, 'H;V'],
  ['B300', [288], 7750, 'A', { reportedMib: 275_040, aliases: ['B300 SXM'] }],
  ['B200', [192, 180], 7700, 'A', { reportedMib: 184_320, aliases: ['B200 SXM'] }],
  ['GB200', [186], 8000, 'A', { reportedMib: 189_471 }],
  ['H200', [141], 4800, 'A,W,L', { reportedMib: 143_771, aliases: ['H200 SXM', 'H200 NVL'] }],
  ['H100', [80], 3350, 'A,W,L', { aliases: ['H100 SXM', 'H100 SXM5'] }],
  ['H100 PCIe', [80], 2000, 'A'],
  ['H20', [96], 4000, 'H;V'],
  ['A100 80GB', [80], 2039, 'A,W,L', { aliases: ['A100 SXM4 80GB', 'A100 SXM 80GB', 'A100 80GB SXM'] }],
  ['A100 80GB PCIe', [80], 1935, 'A', { aliases: ['A100 PCIe 80GB'] }],
  ['A100 40GB', [40], 1555, 'H;W,L', { aliases: ['A100', 'A100 SXM4 40GB', 'A100 PCIe 40GB', 'A100 PCIe'] }],
  ['A40', [48], 696, 'H;V', ecc],
  ['A30', [24], 933, 'A'],
  ['A10', [24], 600, 'H;L', ecc],
  ['A10G', [24], 600, 'H;L', ecc],
  ['L40S', [48], 864, 'A,W,L', { reportedMib: 46_068 }],
  ['L40', [48], 864, 'H;W,L', ecc],
  ['L4', [24], 300, 'A,W,L', ecc],
  ['T4', [16], 320, 'H;W,L', ecc],
  ['V100', [16, 32], 900, 'H;W,L', { aliases: ['V100 SXM2', 'V100 SXM3', 'V100 PCIe'] }],
  ['P100', [16], 732, 'H;W', { aliases: ['P100 PCIe'] }],
  ['P40', [24], 346, 'H;V'],
  ['RTX PRO 6000 Blackwell', [96], 1792, 'A', { reportedMib: 97_887, aliases: ['RTX PRO 6000 Blackwell Max-Q'] }],
  ['RTX 6000 Ada', [48], 960, 'H;V', { aliases: ['RTX 6000 Ada Generation'] }],
  ['RTX 5000 Ada', [32], 576, 'H;V', { aliases: ['RTX 5000 Ada Generation'] }],
  ['RTX A6000', [48], 768, 'H;W,L', { aliases: ['A6000'] }],
  ['RTX A5000', [24], 768, 'H;W,L', { aliases: ['A5000'] }],
  ['RTX A4000', [16], 448, 'H;W,L', { aliases: ['A4000'] }],
]

const amdCards: readonly Row[] = [
  ['Instinct MI300X', [192], 5300, 'H;W,L'],
  ['Instinct MI250X', [128], 3277, 'H;W,L'],
  ['Instinct MI210', [64], 1638, 'H;W,L'],
  ['Instinct MI100', [32], 1229, 'H;L'],
  ['Radeon RX 9070 XT', [16], 640, 'H;W'],
  ['Radeon RX 9070', [16], 640, 'H;V'],
  ['Radeon RX 9060 XT', [8, 16], 320, 'H;W'],
  ['Radeon RX 7900 XTX', [24], 960, 'H;W,L'],
  ['Radeon RX 7900 XT', [20], 800, 'H;W,L'],
  ['Radeon RX 7900 GRE', [16], 576, 'H;L'],
  ['Radeon RX 7800 XT', [16], 624, 'H;W,L'],
  ['Radeon RX 7700 XT', [12], 432, 'H;W,L'],
  ['Radeon RX 7600 XT', [16], 288, 'H;V'],
  ['Radeon RX 7600', [8], 288, 'W,L'],
  ['Radeon RX 6950 XT', [16], 576, 'H;W,L'],
  ['Radeon RX 6900 XT', [16], 512, 'W'],
  ['Radeon RX 6800 XT', [16], 512, 'W,L'],
  ['Radeon RX 6800', [16], 512, 'H;W'],
  ['Radeon RX 6700 XT', [12], 384, 'H;W,L'],
  ['Radeon RX 6600 XT', [8], 256, 'H;W,L'],
  ['Radeon RX 6600', [8], 224, 'H;W'],
  ['Radeon PRO W7900', [48], 864, 'H;V'],
  ['Radeon AI PRO R9700', [32], 640, 'H;W', { aliases: ['R9700'] }],
]

const intelCards: readonly Row[] = [
  ['Arc Pro B70', [32], 608, 'H;W'],
  ['Arc Pro B60', [24], 456, 'A', { aliases: ['Arc B60'] }],
  ['Arc B580', [12], 456, 'H;V'],
  ['Arc B570', [10], 380, 'H;V'],
  ['Arc A770', [16], 560, 'H;V'],
  ['Arc A750', [8], 512, 'H;V'],
]

const appleChips: readonly Row[] = [
  ['Apple M1', [8, 16], 68, 'H;W,L'],
  ['Apple M1 Pro', [16, 32], 200, 'H;W,L'],
  ['Apple M1 Max', [32, 64], 400, 'H;W,L'],
  ['Apple M1 Ultra', [64, 128], 800, 'H;W,L'],
  ['Apple M2', [8, 16, 24], 100, 'H;W,L'],
  ['Apple M2 Pro', [16, 32], 200, 'H;W,L'],
  ['Apple M2 Max', [32, 64, 96], 400, 'H;W,L'],
  ['Apple M2 Ultra', [64, 128, 192], 800, 'H;W,L'],
  ['Apple M3', [8, 16, 24], 100, 'H;W,L'],
  ['Apple M3 Pro', [18, 36], 150, 'H;W,L'],
  ['Apple M3 Max', [48, 36, 64, 96, 128], 400, 'H;W,L'],
  ['Apple M3 Ultra', [96, 256, 512], 800, 'H;W,L'],
  ['Apple M4', [16, 24, 32], 120, 'H;W,L'],
  ['Apple M4 Pro', [24, 48, 64], 273, 'H;W,L'],
  ['Apple M4 Max', [36, 48, 64, 128], 546, 'H;W,L'],
  ['Apple M5', [16, 24, 32], 153, 'H;W,L'],
  ['Apple M5 Pro', [24, 48, 64], 307, 'H;W,L'],
  ['Apple M5 Max', [36, 48, 64, 128], 614, 'H;W,L'],
]

export const knownGpus: readonly KnownGpu[] = [
  ...rows('nvidia', 'card', nvidiaCards),
  ...rows('amd', 'card', amdCards),
  ...rows('intel', 'card', intelCards),
  ...rows('apple', 'apple', appleChips),
  ...rows('nvidia', 'shared', [['DGX Spark', [128], 273, 'H;W', { aliases: ['GB10'] }]]),
  ...rows('amd', 'shared', [
    [
      'Ryzen AI Max+ 395',
      [128, 96, 64],
      256,
      'H;W,L',
      { aliases: ['Strix Halo', 'Radeon 8060S', 'Ryzen AI Max+ 395 w/ Radeon 8060S'] },
    ],
  ]),
]

function rows(vendor: GpuVendor, kind: KnownGpu['kind'], list: readonly Row[]): KnownGpu[] {
  return list.map(([name, sizesGb, bandwidthGbps, source, extra]) => ({
    name,
    vendor,
    kind,
    sizesGb,
    bandwidthGbps,
    source,
    ...extra,
  }))
}
