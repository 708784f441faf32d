import { availableParallelism, cpus } from 'node:os'
import process from 'node:process'
import { stripControlCharacters } from '../util/control-characters.ts'
import type { Hardware } from './hardware.ts'
import { createSurroundings, type Findings, nothing, type ProbeSurroundings } from './probe.ts'
import { probeAmd } from './probe-amd.ts'
import { probeApple } from './probe-apple.ts'
import { probeIntel } from './probe-intel.ts'
import { probeMemory } from './probe-memory.ts'
import { probeNvidia } from './probe-nvidia.ts'
import { visibleGpus } from './visible-devices.ts'

export interface DetectHardwareOptions {
  readonly signal?: AbortSignal | undefined
  /**
   * Where tools are looked for (`PATH`) and which GPUs are hidden (`CUDA_VISIBLE_DEVICES` and its like). Of all else nothing
   * reaches a tool: it may hold a token.
   * @default the usual folders, nothing hidden
   */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** As `process.platform` gives it. @default this machine's */
  readonly platform?: string
  /** Below which `/proc` and `/sys` are read. @default '/' */
  readonly root?: string
}

/**
 * What this machine has for running models: every GPU with its free memory, CPU, RAM and limits. Vendors' tools are asked at
 * the same time, each for 2 s at the most; what cannot be looked at becomes a notice, never an error.
 * @throws only what `signal` was aborted with
 */
export async function detectHardware(options: DetectHardwareOptions = {}): Promise<Hardware> {
  const { signal, environment = {}, platform = process.platform, root = '/' } = options
  const forTools = toolEnvironment(environment)
  const bare = createSurroundings({ root, environment: forTools, signal, ram: { totalBytes: 0, freeBytes: 0 } })
  const ram = await probeMemory(bare, platform)
  const found = await probeGpus({ ...bare, ram }, platform)
  signal?.throwIfAborted()
  const visible = found.map(({ vendor, gpus }) => visibleGpus(gpus, vendor, environment))
  return Object.freeze({
    origin: 'detected',
    gpus: Object.freeze(visible.flatMap(({ gpus }) => gpus.map(({ gpu }) => Object.freeze(gpu)))),
    cpu: Object.freeze({
      name: stripControlCharacters(cpus()[0]?.model ?? 'unknown').slice(0, 100),
      threads: availableParallelism(),
    }),
    ramBytes: ram.totalBytes,
    freeRamBytes: ram.freeBytes,
    limits: Object.freeze(ram.limits),
    notices: Object.freeze([
      ...found.flatMap(({ notices }) => notices),
      ...visible.flatMap(({ notice }) => notice ?? []),
    ]),
  })
}

async function probeGpus(
  surroundings: ProbeSurroundings,
  platform: string,
): Promise<(Findings & { vendor: 'nvidia' | 'amd' | 'intel' | 'apple' })[]> {
  const isMac = platform === 'darwin'
  const none = Promise.resolve(nothing)
  const [nvidia, amd, intel, apple] = await Promise.all([
    isMac ? none : probeNvidia(surroundings),
    platform === 'linux' ? probeAmd(surroundings) : none,
    platform === 'linux' ? probeIntel(surroundings) : none,
    isMac ? probeApple(surroundings) : none,
  ])
  return [
    { vendor: 'nvidia', ...nvidia },
    { vendor: 'amd', ...amd },
    { vendor: 'intel', ...intel },
    { vendor: 'apple', ...apple },
  ]
}

const TOOL_FOLDERS = ['/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin', '/opt/rocm/bin']
const PASSED_ON = ['HOME', 'LD_LIBRARY_PATH', 'ROCM_PATH', 'SYSTEMROOT', 'SystemRoot', 'WINDIR', 'TMPDIR', 'TEMP']

/** Tools print numbers and words as in C, whatever the person's language. */
function toolEnvironment(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const passed = PASSED_ON.flatMap((name) => {
    const value = environment[name]
    return value === undefined ? [] : [[name, value]]
  })
  const path = environment['PATH'] ?? environment['Path'] ?? TOOL_FOLDERS.join(':')
  return { ...Object.fromEntries(passed), PATH: path, LC_ALL: 'C' }
}
