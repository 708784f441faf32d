import { stripControlCharacters } from '../util/control-characters.ts'
import { asString, isObject, type JsonObject } from '../util/json.ts'
import { listCards } from './drm-cards.ts'
import { findKnownGpu } from './find-gpu.ts'
import { bandwidthOf } from './pretend-gpu.ts'
import { describeToolFailure, type Findings, type FoundGpu, type ProbeSurroundings, plausibleBytes } from './probe.ts'
import { usableBytes } from './usable-memory.ts'

const INTEL_VENDOR_ID = '0x8086'
const MAX_CARDS = 16

/** Intel's cards with memory of their own. Integrated graphics are left out: what runs on them runs as well on the CPU. */
export async function probeIntel(surroundings: ProbeSurroundings): Promise<Findings> {
  const listed = await surroundings.run('xpu-smi', ['discovery', '-j'])
  const failure = describeToolFailure('xpu-smi', listed)
  const ids = listed.end === 'done' && failure === undefined ? parseXpuList(listed.stdout) : []
  const told = await Promise.all(ids.map((id) => surroundings.run('xpu-smi', ['discovery', '-d', String(id), '-j'])))
  const gpus = told.flatMap((result, place) => {
    const gpu = result.end === 'done' ? parseXpuDevice(result.stdout) : undefined
    return gpu === undefined ? [] : [{ gpu, index: ids[place] ?? place, ids: [] }]
  })
  if (gpus.length > 0) return { gpus, notices: [] }
  const seen = await readIntelCards(surroundings)
  return { gpus: seen, notices: failure === undefined || seen.length > 0 ? [] : [failure] }
}

/** Device ids of `xpu-smi discovery -j`: `{ "device_list": [{ "device_id": 0, "device_name": … }] }`. */
export function parseXpuList(json: string): number[] {
  const value = parseObject(json)
  const list: unknown = value?.['device_list']
  if (!Array.isArray(list)) return []
  const ids = list.flatMap((device: unknown) => (isObject(device) ? [device['device_id']] : []))
  return ids.filter((id): id is number => Number.isInteger(id)).slice(0, MAX_CARDS)
}

/** One device of `xpu-smi discovery -d 0 -j`, whose numbers are texts. */
export function parseXpuDevice(json: string): FoundGpu['gpu'] | undefined {
  const value = parseObject(json)
  const memoryBytes = plausibleBytes(value?.['memory_physical_size_byte'])
  if (value === undefined || memoryBytes === undefined) return undefined
  return intelGpu(
    asString(value['device_name']) ?? 'Intel GPU',
    memoryBytes,
    plausibleBytes(value['memory_free_size_byte']) ?? usableBytes(memoryBytes),
  )
}

/** The kernel shows the size of a card's memory (xe a tile at a time, i915 in Intel's own builds), and never what is free. */
async function readIntelCards(surroundings: ProbeSurroundings): Promise<FoundGpu[]> {
  const cards = await listCards(surroundings, INTEL_VENDOR_ID)
  const found = await Promise.all(
    cards.map(async (device, index) => {
      const files = [
        'tile0/physical_vram_size_bytes',
        'tile1/physical_vram_size_bytes',
        'tile0/memory/physical_vram_size_bytes',
        '../lmem_total_bytes',
      ]
      const sizes = await Promise.all(
        files.map(async (file) => plausibleBytes(await surroundings.read(`${device}/${file}`)) ?? 0),
      )
      const [first = 0, second = 0, older = 0, i915 = 0] = sizes
      const memoryBytes = first + second || older || i915
      const chip = (await surroundings.read(`${device}/device`))?.trim().replace('0x', '') ?? '?'
      const gpu = intelGpu(`Intel GPU 8086:${chip}`, memoryBytes, usableBytes(memoryBytes))
      return memoryBytes === 0 ? [] : [{ gpu, index, ids: [] }]
    }),
  )
  return found.flat()
}

function intelGpu(name: string, memoryBytes: number, freeBytes: number): FoundGpu['gpu'] {
  const clean = stripControlCharacters(name).slice(0, 100)
  const bandwidthBytesPerSecond = bandwidthOf(findKnownGpu(clean))
  return { name: clean, vendor: 'intel', memoryBytes, freeBytes, bandwidthBytesPerSecond, isUnified: false }
}

function parseObject(json: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(json)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
