import { stripControlCharacters } from '../util/control-characters.ts'
import { asString, isObject, type JsonObject } from '../util/json.ts'
import { listCards } from './drm-cards.ts'
import { findKnownGpu } from './find-gpu.ts'
import { bandwidthOf } from './pretend-gpu.ts'
import { describeToolFailure, type Findings, type FoundGpu, type ProbeSurroundings, plausibleBytes } from './probe.ts'

/** Chips whose GPU shares the CPU's memory (APUs), by their graphics engine: what they may use is the carve-out and the GTT. */
const UNIFIED_ENGINES = /^gfx(?:902|909|90c|1013|1033|1035|1036|1103|1150|1151|1152|1153)$/
const AMD_VENDOR_ID = '0x1002'

/** AMD's cards, from `rocm-smi` where it is there (it knows names), else from what the kernel's driver shows. */
export async function probeAmd(surroundings: ProbeSurroundings): Promise<Findings> {
  const result = await surroundings.run('rocm-smi', ['--showproductname', '--showmeminfo', 'vram', 'gtt', '--json'])
  const failure = describeToolFailure('rocm-smi', result)
  const told = result.end === 'done' && failure === undefined ? parseRocmSmi(result.stdout) : []
  if (told.length > 0) return { gpus: told, notices: [] }
  const seen = await readAmdCards(surroundings)
  return { gpus: seen, notices: failure === undefined || seen.length > 0 ? [] : [failure] }
}

/** `{ "card0": { "VRAM Total Memory (B)": "25753026560", "Card Series": …, "GFX Version": "gfx1100" }, … }` */
export function parseRocmSmi(json: string): FoundGpu[] {
  let value: unknown
  try {
    // Some versions print warnings before the object.
    value = JSON.parse(json.slice(Math.max(0, json.indexOf('{'))))
  } catch {
    return []
  }
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([key, card]) => {
    const index = /^card(\d{1,3})$/.exec(key)?.[1]
    if (index === undefined || !isObject(card)) return []
    const memory = memoryOf({
      vramTotal: plausibleBytes(card['VRAM Total Memory (B)']),
      vramUsed: plausibleBytes(card['VRAM Total Used Memory (B)']),
      gttTotal: plausibleBytes(card['GTT Total Memory (B)']),
      gttUsed: plausibleBytes(card['GTT Total Used Memory (B)']),
      engine: asString(card['GFX Version'])?.trim() ?? '',
    })
    return memory === undefined
      ? []
      : [foundGpu(nameOf(card), memory, Number(index), [asString(card['Unique ID']) ?? ''])]
  })
}

/** A name that says something: what the tool does not know it prints as a number, such as `0x744c`. */
function nameOf(card: JsonObject): string {
  const names = ['Card Series', 'Card series', 'Card Model', 'Card model'].map(
    (key) => asString(card[key])?.trim() ?? '',
  )
  return names.find((name) => name !== '' && !/^(?:0x[0-9a-f]+|n\/a)$/i.test(name)) ?? 'AMD GPU'
}

async function readAmdCards(surroundings: ProbeSurroundings): Promise<FoundGpu[]> {
  const cards = await listCards(surroundings, AMD_VENDOR_ID)
  const found = await Promise.all(
    cards.map(async (device, index) => {
      const bytes = async (file: string): Promise<number | undefined> =>
        plausibleBytes(await surroundings.read(`${device}/${file}`))
      const memory = memoryOf({
        vramTotal: await bytes('mem_info_vram_total'),
        vramUsed: await bytes('mem_info_vram_used'),
        gttTotal: await bytes('mem_info_gtt_total'),
        gttUsed: await bytes('mem_info_gtt_used'),
        engine: await readEngine(surroundings, device),
      })
      const product = (await surroundings.read(`${device}/product_name`))?.trim()
      const chip = (await surroundings.read(`${device}/device`))?.trim().replace('0x', '') ?? '?'
      return memory === undefined ? [] : [foundGpu(product || `AMD GPU 1002:${chip}`, memory, index, [])]
    }),
  )
  return found.flat()
}

/** `gfx1151` from the engine's version 11.5.1, as the driver writes it. */
async function readEngine(surroundings: ProbeSurroundings, device: string): Promise<string> {
  const parts = await Promise.all(
    ['major', 'minor', 'revision'].map((part) => surroundings.read(`${device}/ip_discovery/die/0/GC/0/${part}`)),
  )
  const [major, minor, revision] = parts.map((text) => Number.parseInt(text ?? '', 10))
  return Number.isInteger(major) ? `gfx${major}${minor?.toString(16)}${revision?.toString(16)}` : ''
}

interface AmdMemory {
  readonly memoryBytes: number
  readonly freeBytes: number
  readonly isUnified: boolean
}

function memoryOf(seen: {
  readonly vramTotal: number | undefined
  readonly vramUsed: number | undefined
  readonly gttTotal: number | undefined
  readonly gttUsed: number | undefined
  readonly engine: string
}): AmdMemory | undefined {
  if (seen.vramTotal === undefined) return undefined
  const isUnified = UNIFIED_ENGINES.test(seen.engine)
  const total = seen.vramTotal + (isUnified ? (seen.gttTotal ?? 0) : 0)
  const used = (seen.vramUsed ?? 0) + (isUnified ? (seen.gttUsed ?? 0) : 0)
  return { memoryBytes: total, freeBytes: Math.max(0, total - used), isUnified }
}

function foundGpu(name: string, memory: AmdMemory, index: number, ids: readonly string[]): FoundGpu {
  const clean = stripControlCharacters(name).slice(0, 100)
  return {
    gpu: { name: clean, vendor: 'amd', ...memory, bandwidthBytesPerSecond: bandwidthOf(findKnownGpu(clean)) },
    index,
    ids: ids.filter((id) => id !== ''),
  }
}
