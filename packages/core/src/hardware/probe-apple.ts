import { isObject } from '../util/json.ts'
import { findKnownGpu } from './find-gpu.ts'
import { bandwidthOf } from './pretend-gpu.ts'
import { describeToolFailure, type Findings, nothing, type ProbeSurroundings, plausibleBytes } from './probe.ts'
import { appleGpuBytes } from './usable-memory.ts'

const MIB = 1024 ** 2

/** Apple's chips: the GPU uses the machine's memory, up to a limit. */
export async function probeApple(surroundings: ProbeSurroundings): Promise<Findings> {
  const [told, displays] = await Promise.all([
    surroundings.run('sysctl', ['hw.memsize', 'machdep.cpu.brand_string', 'iogpu.wired_limit_mb']),
    surroundings.run('system_profiler', ['SPDisplaysDataType', '-json']),
  ])
  // `sysctl` fails where one name is unknown (an older macOS has no `iogpu`), and still prints the others.
  const known = parseSysctl(told.end === 'done' ? told.stdout : '')
  const name = known.get('machdep.cpu.brand_string') ?? ''
  const memoryBytes = plausibleBytes(known.get('hw.memsize'))
  if (memoryBytes === undefined || !name.startsWith('Apple')) {
    const failure = told.end === 'done' ? undefined : describeToolFailure('sysctl', told)
    return failure === undefined ? nothing : { gpus: [], notices: [failure] }
  }
  const limit = plausibleBytes(known.get('iogpu.wired_limit_mb'), MIB) ?? appleGpuBytes(memoryBytes)
  const cores = displays.end === 'done' ? parseGpuCores(displays.stdout) : undefined
  const gpu = {
    name,
    vendor: 'apple',
    memoryBytes,
    freeBytes: Math.min(limit, surroundings.ram.freeBytes),
    bandwidthBytesPerSecond: bandwidthOfChip(name, cores),
    isUnified: true,
  } as const
  return { gpus: [{ gpu, index: 0, ids: [] }], notices: [] }
}

/** Lines such as `hw.memsize: 68719476736`. */
export function parseSysctl(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\n').flatMap((line) => {
      const at = line.indexOf(': ')
      return at > 0 ? [[line.slice(0, at).trim(), line.slice(at + 2).trim()]] : []
    }),
  )
}

/** GPU cores of `system_profiler SPDisplaysDataType -json`, which are text there. */
export function parseGpuCores(json: string): number | undefined {
  try {
    const value: unknown = JSON.parse(json)
    const list: unknown = isObject(value) ? value['SPDisplaysDataType'] : undefined
    const cores = Array.isArray(list)
      ? list.flatMap((gpu: unknown) => (isObject(gpu) ? [Number(gpu['sppci_cores'])] : []))
      : []
    return cores.find((count) => Number.isInteger(count) && count > 0)
  } catch {
    return undefined
  }
}

/** Two chips are sold with fewer cores and less bandwidth under the same name. @see memory-model 8 */
const smallerChips: Readonly<Record<string, { cores: number; bandwidthGbps: number }>> = {
  'Apple M3 Max': { cores: 30, bandwidthGbps: 300 },
  'Apple M4 Max': { cores: 32, bandwidthGbps: 410 },
}

function bandwidthOfChip(name: string, cores: number | undefined): number | undefined {
  const smaller = smallerChips[name]
  if (smaller !== undefined && cores !== undefined && cores <= smaller.cores) return smaller.bandwidthGbps * 1e9
  return bandwidthOf(findKnownGpu(name))
}
