import { findKnownGpu, readName, suggestGpuNames } from './find-gpu.ts'
import type { Gpu, Hardware } from './hardware.ts'
import type { KnownGpu } from './known-gpus.ts'
import { pretendGpu } from './pretend-gpu.ts'
import { usableBytes } from './usable-memory.ts'

const MAX_GPUS = 4096
const MAX_BYTES = 2 ** 50
const GIB = 1024 ** 3

/**
 * Hardware to pretend: `RTX 4090`, `2x RTX 4090`, `M3 Max 64GB`, `8x H200`, `RTX 4090 + RTX 3090`, or memory alone (`24GB`,
 * `2x 24GB`). `GB` is a size as sold, of which the driver keeps some; `GiB` and `MiB` are exactly what is free.
 * @throws {SyntaxError} for what cannot be read, and for a GPU that the table does not know, with the nearest names
 */
export function parseHardwareRequest(text: string): Hardware {
  const parts = text.split(/\s*,\s*|\s+\+\s+/)
  const wishes = parts.map((part) => parseOne(part, text))
  const gpus = wishes.flatMap(({ gpu, count }) => Array.from({ length: count }, () => gpu))
  if (gpus.length > MAX_GPUS) throw new SyntaxError(`Cannot pretend "${text}": more than ${MAX_GPUS} GPUs`)
  return Object.freeze({
    origin: 'pretended',
    gpus: Object.freeze(gpus),
    cpu: undefined,
    ramBytes: undefined,
    freeRamBytes: undefined,
    limits: [],
    notices: wishes.flatMap(({ notice }) => (notice === undefined ? [] : [notice])),
  })
}

interface Wish {
  readonly gpu: Gpu
  readonly count: number
  readonly notice?: string
}

function parseOne(part: string, whole: string): Wish {
  const [, before, after] = /^\s*(\d{1,5})\s*[x×*]\s*(?=\S)|\s+[x×*]\s*(\d{1,5})\s*$/i.exec(part) ?? []
  const count = Number(before ?? after ?? 1)
  const name = part.replace(/^\s*\d{1,5}\s*[x×*]\s*(?=\S)|\s+[x×*]\s*\d{1,5}\s*$/i, '').trim()
  if (name === '' || count < 1 || count > MAX_GPUS)
    throw new SyntaxError(`Cannot read "${whole}" as GPUs: write it as "2x RTX 4090", "M3 Max 64GB" or "24GB"`)
  const size = /^([\d.]{1,16})\s*(gb?|tb|mib|gib|tib)?$/i.exec(name)
  if (size !== null && (size[2] !== undefined || findKnownGpu(name) === undefined))
    return { gpu: gpuOfSize(Number(size[1]), size[2] ?? 'gb', whole), count }
  return { count, ...knownWish(name) }
}

function knownWish(name: string): { gpu: Gpu; notice?: string } {
  const known = findKnownGpu(name)
  if (known === undefined) {
    const near = suggestGpuNames(name)
    const hint = near.length > 0 ? `; did you mean ${near.join(', ')}?` : '; for any other, give its memory: 24GB'
    throw new SyntaxError(`Cannot pretend "${name}": it is not in the table of known GPUs${hint}`)
  }
  const { sizeGb } = readName(name)
  if (sizeGb !== undefined && !known.sizesGb.includes(sizeGb)) {
    const sizes = known.sizesGb.toSorted((a, b) => a - b).join(', ')
    throw new SyntaxError(
      `Cannot pretend "${name}": the table knows it with ${sizes} GB; for another size, give the memory alone: ${sizeGb}GB`,
    )
  }
  const gpu = pretendGpu(known, sizeGb)
  return sizeGb === undefined && known.sizesGb.length > 1 ? { gpu, notice: sizeNotice(known) } : { gpu }
}

function sizeNotice({ name, sizesGb }: KnownGpu): string {
  return `${name} is taken with ${sizesGb[0]} GB; it also comes with ${sizesGb.slice(1).join(', ')} GB: say which`
}

const units: Readonly<Record<string, readonly [label: string, bytes: number]>> = {
  g: ['GB', GIB],
  gb: ['GB', GIB],
  tb: ['TB', 1024 * GIB],
  mib: ['MiB', 1024 ** 2],
  gib: ['GiB', GIB],
  tib: ['TiB', 1024 * GIB],
}

function gpuOfSize(value: number, unit: string, whole: string): Gpu {
  const [label, factor] = units[unit.toLowerCase()] ?? ['', Number.NaN]
  const bytes = Math.floor(value * factor)
  if (!(bytes > 0 && bytes <= MAX_BYTES))
    throw new SyntaxError(`Cannot pretend "${whole}": memory must be above 0 and at most 1024 TiB`)
  return {
    name: `${value} ${label} GPU`,
    vendor: 'unknown',
    memoryBytes: bytes,
    freeBytes: label.includes('iB') ? bytes : usableBytes(bytes),
    bandwidthBytesPerSecond: undefined,
    isUnified: false,
  }
}
