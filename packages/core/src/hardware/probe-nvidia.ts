import { stripControlCharacters } from '../util/control-characters.ts'
import { findKnownGpu } from './find-gpu.ts'
import type { Gpu } from './hardware.ts'
import { bandwidthOf } from './pretend-gpu.ts'
import {
  describeToolFailure,
  type Findings,
  type FoundGpu,
  nothing,
  type ProbeSurroundings,
  plausibleBytes,
} from './probe.ts'
import type { ToolResult } from './run-tool.ts'

const MIB = 1024 ** 2
const QUERY = ['index', 'uuid', 'name', 'memory.total', 'memory.free', 'mig.mode.current'] as const
/** Under WSL the tool stands here, often outside the PATH. */
const TOOLS = ['nvidia-smi', '/usr/lib/wsl/lib/nvidia-smi'] as const

/** NVIDIA's cards, and the slices of those that are cut up (MIG). @see `nvidia-smi --help-query-gpu` */
export async function probeNvidia(surroundings: ProbeSurroundings): Promise<Findings> {
  const { tool, result } = await query(surroundings)
  const failure = describeToolFailure('nvidia-smi', result)
  if (result.end !== 'done' || failure !== undefined)
    return failure === undefined ? nothing : { gpus: [], notices: [failure] }
  const rows = parseNvidiaQuery(result.stdout)
  const sliced = rows.some(({ isSliced }) => isSliced)
  const [details, list] = sliced
    ? await Promise.all([surroundings.run(tool, ['-q', '-x']), surroundings.run(tool, ['-L'])])
    : []
  const slices = parseMigMemory(details?.end === 'done' ? details.stdout : '')
  const uuids = parseMigUuids(list?.end === 'done' ? list.stdout : '')
  const notices =
    sliced && slices.size === 0 ? ['a GPU is cut into MIG slices, and none could be read: it is not counted'] : []
  const gpus = rows.flatMap((row) => (row.isSliced ? slicesOf(row, slices, uuids) : wholeCard(row, surroundings)))
  return { gpus, notices }
}

async function query(surroundings: ProbeSurroundings): Promise<{ tool: string; result: ToolResult }> {
  const ask = (tool: string, fields: readonly string[]): Promise<ToolResult> =>
    surroundings.run(tool, [`--query-gpu=${fields.join(',')}`, '--format=csv,noheader,nounits'])
  for (const tool of TOOLS) {
    const result = await ask(tool, QUERY)
    if (result.end === 'missing') continue
    // Drivers before 450 know no MIG, and refuse a query that names it.
    const isRefused = result.end === 'done' && result.exitCode !== 0 && /not a valid field/i.test(result.stdout)
    return { tool, result: isRefused ? await ask(tool, QUERY.slice(0, -1)) : result }
  }
  return { tool: TOOLS[0], result: { end: 'missing' } }
}

export interface NvidiaRow {
  readonly index: number
  readonly uuid: string
  readonly name: string
  /** `undefined` where the card has no memory of its own (GB10, Jetson: `[N/A]`). */
  readonly totalBytes: number | undefined
  readonly freeBytes: number | undefined
  readonly isSliced: boolean
}

/** Lines such as `0, GPU-5f6…, NVIDIA GeForce RTX 4090, 24564, 23028, [N/A]`; other lines are passed over. */
export function parseNvidiaQuery(csv: string): NvidiaRow[] {
  return csv.split('\n').flatMap((line) => {
    const [index, uuid, name, total, free, mig] = line.split(',').map((cell) => cell.trim())
    if (!/^\d{1,4}$/.test(index ?? '') || uuid === undefined || !name || total === undefined) return []
    const row: NvidiaRow = {
      index: Number(index),
      uuid,
      name: stripControlCharacters(name).slice(0, 100),
      totalBytes: plausibleBytes(total, MIB),
      freeBytes: plausibleBytes(free, MIB) ?? (free === '0' ? 0 : undefined),
      isSliced: mig === 'Enabled',
    }
    return [row]
  })
}

/** Memory of every MIG slice by `GPU index:MIG index`, from `nvidia-smi -q -x`. */
export function parseMigMemory(xml: string): ReadonlyMap<string, Pick<Gpu, 'memoryBytes' | 'freeBytes'>> {
  const slices = new Map<string, Pick<Gpu, 'memoryBytes' | 'freeBytes'>>()
  xml
    .split(/<gpu id=/)
    .slice(1)
    .forEach((gpu, gpuIndex) => {
      for (const slice of gpu.split('<mig_device>').slice(1)) {
        const index = /<index>(\d{1,3})<\/index>/.exec(slice)?.[1]
        const memory = /<fb_memory_usage>([\s\S]{0,500}?)<\/fb_memory_usage>/.exec(slice)?.[1] ?? ''
        const [total, free] = ['total', 'free'].map((tag) =>
          plausibleBytes(new RegExp(`<${tag}>\\s*(\\d{1,9}) MiB`).exec(memory)?.[1], MIB),
        )
        if (index !== undefined && total !== undefined)
          slices.set(`${gpuIndex}:${index}`, { memoryBytes: total, freeBytes: free ?? 0 })
      }
    })
  return slices
}

/** UUID and profile of every MIG slice by `GPU index:MIG index`, from `nvidia-smi -L`. */
export function parseMigUuids(text: string): ReadonlyMap<string, { uuid: string; profile: string }> {
  const uuids = new Map<string, { uuid: string; profile: string }>()
  let gpuIndex = ''
  for (const line of text.split('\n')) {
    gpuIndex = /^GPU (\d{1,4}):/.exec(line)?.[1] ?? gpuIndex
    const [, profile, index, uuid] =
      /^\s+MIG (\S{1,40})\s+Device\s+(\d{1,3}): \(UUID: (MIG-[\w/-]{1,100})\)/.exec(line) ?? []
    if (profile !== undefined && uuid !== undefined) uuids.set(`${gpuIndex}:${index}`, { uuid, profile })
  }
  return uuids
}

function wholeCard(row: NvidiaRow, { ram }: ProbeSurroundings): FoundGpu[] {
  const isUnified = row.totalBytes === undefined
  const gpu: Gpu = {
    name: row.name,
    vendor: 'nvidia',
    memoryBytes: row.totalBytes ?? ram.totalBytes,
    freeBytes: row.totalBytes === undefined ? ram.freeBytes : (row.freeBytes ?? 0),
    bandwidthBytesPerSecond: bandwidthOf(findKnownGpu(nameWithSize(row))),
    isUnified,
  }
  return [{ gpu, index: row.index, ids: [row.uuid] }]
}

function slicesOf(
  row: NvidiaRow,
  memory: ReturnType<typeof parseMigMemory>,
  uuids: ReturnType<typeof parseMigUuids>,
): FoundGpu[] {
  return [...memory].flatMap(([key, bytes]) => {
    if (key.split(':')[0] !== String(row.index)) return []
    const slice = uuids.get(key)
    // A slice has a share of the bandwidth that no tool tells: better none than a wrong one.
    const gpu: Gpu = {
      name: `${row.name} MIG ${slice?.profile ?? key.split(':')[1]}`,
      vendor: 'nvidia',
      ...bytes,
      bandwidthBytesPerSecond: undefined,
      isUnified: false,
    }
    return [{ gpu, index: row.index, ids: [...(slice === undefined ? [] : [slice.uuid]), row.uuid] }]
  })
}

/** Two cards of one name differ by their memory (RTX 3080 of 10 and of 12 GB), which the driver tells apart. */
function nameWithSize({ name, totalBytes }: NvidiaRow): string {
  return /\d\s?GB/i.test(name) || totalBytes === undefined ? name : `${name} ${Math.round(totalBytes / 1024 ** 3)}GB`
}
