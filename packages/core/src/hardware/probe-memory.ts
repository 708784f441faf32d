import { freemem, totalmem } from 'node:os'
import type { MemoryLimit } from './hardware.ts'
import { type ProbeSurroundings, plausibleBytes } from './probe.ts'

export interface RamFindings {
  /** The machine's, or the limit set to this process. */
  readonly totalBytes: number
  readonly freeBytes: number
  readonly limits: readonly MemoryLimit[]
}

type Reader = Pick<ProbeSurroundings, 'read' | 'run'>

/** The machine's RAM, and what a container or service may use of it. */
export async function probeMemory(reader: Reader, platform: string): Promise<RamFindings> {
  const seen =
    platform === 'darwin' ? await macMemory(reader) : parseMeminfo((await reader.read('/proc/meminfo')) ?? '')
  const total = seen?.totalBytes ?? totalmem()
  const free = seen?.freeBytes ?? freemem()
  const limit = tightest(await readCgroupLimits(reader))
  if (limit === undefined || limit.bytes >= total) return { totalBytes: total, freeBytes: free, limits: [] }
  const { from, bytes, usedBytes } = limit
  return {
    totalBytes: bytes,
    freeBytes: Math.max(0, Math.min(free, bytes - usedBytes)),
    limits: [{ from, bytes }],
  }
}

/** `MemTotal:       24684092 kB`. Available, not free: the kernel gives back its caches when they are needed. */
export function parseMeminfo(text: string): { totalBytes: number; freeBytes: number } | undefined {
  const kib = (name: string): number | undefined =>
    plausibleBytes(new RegExp(`^${name}:\\s+(\\d{1,15}) kB$`, 'm').exec(text)?.[1], 1024)
  const totalBytes = kib('MemTotal')
  const freeBytes = kib('MemAvailable') ?? kib('MemFree')
  return totalBytes === undefined || freeBytes === undefined ? undefined : { totalBytes, freeBytes }
}

async function macMemory(reader: Reader): Promise<{ totalBytes: number; freeBytes: number } | undefined> {
  const result = await reader.run('vm_stat', [])
  const freeBytes = result.end === 'done' ? parseVmStat(result.stdout) : undefined
  return freeBytes === undefined ? undefined : { totalBytes: totalmem(), freeBytes }
}

/** What macOS can hand out without swapping: free, inactive, speculative and purgeable pages. */
export function parseVmStat(text: string): number | undefined {
  const pageSize = Number(/page size of (\d{1,7}) bytes/.exec(text)?.[1])
  const pages = ['free', 'inactive', 'speculative', 'purgeable'].map((kind) =>
    Number(new RegExp(`^Pages ${kind}:\\s+(\\d{1,15})\\.`, 'm').exec(text)?.[1] ?? Number.NaN),
  )
  return plausibleBytes(pageSize * pages.reduce((sum, count) => sum + (Number.isNaN(count) ? 0 : count), 0))
}

interface CgroupLimit extends MemoryLimit {
  /** What cannot be given back: caches of files are not counted. */
  readonly usedBytes: number
}

function tightest(limits: readonly CgroupLimit[]): CgroupLimit | undefined {
  return limits.reduce<CgroupLimit | undefined>(
    (least, limit) => (limit.bytes < (least?.bytes ?? Infinity) ? limit : least),
    undefined,
  )
}

/** Every limit on the way from this process's group up to the root: the tightest one holds. */
async function readCgroupLimits(reader: Reader): Promise<CgroupLimit[]> {
  const groups = parseCgroups((await reader.read('/proc/self/cgroup')) ?? '')
  const limits = groups.flatMap(({ version, path }) =>
    ancestors(path).map((folder) => readLimit(reader, version, folder)),
  )
  return (await Promise.all(limits)).flatMap((limit) => limit ?? [])
}

export interface Cgroup {
  readonly version: 1 | 2
  readonly path: string
}

/** Lines of `/proc/self/cgroup`: `0::/user.slice` (version 2), `4:memory:/docker/5f…` (version 1). */
export function parseCgroups(text: string): Cgroup[] {
  return text.split('\n').flatMap((line): Cgroup[] => {
    const [, id, controllers, path] = /^(\d{1,6}):([^:]*):(\/.*)$/.exec(line) ?? []
    if (path === undefined || path.split('/').includes('..')) return []
    if (id === '0' && controllers === '') return [{ version: 2, path }]
    return controllers?.split(',').includes('memory') ? [{ version: 1, path }] : []
  })
}

/** `/a/b` is `/a/b`, `/a`, and the root. In a container only the root may exist: it is the container's own group. */
function ancestors(path: string): string[] {
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .slice(0, 64)
  return parts.map((_, index) => `/${parts.slice(0, parts.length - index).join('/')}`).concat('')
}

async function readLimit(reader: Reader, version: 1 | 2, folder: string): Promise<CgroupLimit | undefined> {
  const base = version === 2 ? `/sys/fs/cgroup${folder}` : `/sys/fs/cgroup/memory${folder}`
  const [limitFile, usageFile] =
    version === 2 ? ['memory.max', 'memory.current'] : ['memory.limit_in_bytes', 'memory.usage_in_bytes']
  const bytes = plausibleBytes((await reader.read(`${base}/${limitFile}`))?.trim())
  if (bytes === undefined) return undefined
  const usage = plausibleBytes((await reader.read(`${base}/${usageFile}`))?.trim()) ?? 0
  const caches =
    plausibleBytes(
      /^(?:total_)?inactive_file (\d{1,18})$/m.exec((await reader.read(`${base}/memory.stat`)) ?? '')?.[1],
    ) ?? 0
  return { from: `cgroup v${version} ${folder || '/'}`, bytes, usedBytes: Math.max(0, usage - caches) }
}
