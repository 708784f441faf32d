import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Gpu } from './hardware.ts'
import { runTool, type ToolResult } from './run-tool.ts'

/** What one probe saw. A probe that finds nothing says nothing. */
export interface Findings {
  readonly gpus: readonly FoundGpu[]
  readonly notices: readonly string[]
}

/** A GPU, and what the variables that hide GPUs may call it. */
export interface FoundGpu {
  readonly gpu: Gpu
  readonly index: number
  readonly ids: readonly string[]
}

export const nothing: Findings = { gpus: [], notices: [] }

/** What a probe may touch: files below a root, and tools. Nothing else of the machine. */
export interface ProbeSurroundings {
  run(command: string, args: readonly string[]): Promise<ToolResult>
  /** The text of a small file, `undefined` where there is none that we may read. */
  read(file: string): Promise<string | undefined>
  readonly root: string
  readonly ram: { readonly totalBytes: number; readonly freeBytes: number }
}

export function createSurroundings(options: {
  readonly root: string
  readonly environment: Readonly<Record<string, string>>
  readonly signal: AbortSignal | undefined
  readonly ram: ProbeSurroundings['ram']
}): ProbeSurroundings {
  const { root, environment, signal, ram } = options
  return {
    root,
    ram,
    run: (command, args) => runTool(command, args, { environment, signal }),
    read: (file) => readSmall(path.join(root, file), signal),
  }
}

async function readSmall(file: string, signal: AbortSignal | undefined): Promise<string | undefined> {
  try {
    return (await readFile(file, { encoding: 'utf8', signal })).slice(0, 65_536)
  } catch {
    signal?.throwIfAborted()
    return undefined
  }
}

/** Why a tool's answer could not be used, in half a sentence; `undefined` where it can, or where there is no such tool. */
export function describeToolFailure(name: string, result: ToolResult): string | undefined {
  switch (result.end) {
    case 'missing':
      return undefined
    case 'timeout':
      return `${name} did not answer within 2 s and was stopped: its GPUs are not counted`
    case 'too-much-output':
      return `${name} printed more than can be read: its GPUs are not counted`
    case 'done':
      return result.exitCode === 0
        ? undefined
        : `${name} failed (exit code ${result.exitCode}): its GPUs are not counted`
  }
}

/** Bytes from a number that came from outside; `undefined` where it is no size that a device could have. */
export function plausibleBytes(value: unknown, factor = 1): number | undefined {
  const bytes =
    (typeof value === 'string' && value.trim() !== ''
      ? Number(value)
      : typeof value === 'number'
        ? value
        : Number.NaN) * factor
  return Number.isFinite(bytes) && bytes > 0 && bytes <= 2 ** 50 ? Math.floor(bytes) : undefined
}
