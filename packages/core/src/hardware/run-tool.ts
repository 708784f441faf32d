import { type ChildProcessByStdio, spawn } from 'node:child_process'
import path from 'node:path'
import process from 'node:process'
import type { Readable } from 'node:stream'

/** A vendor's tool may hang on a sick driver; a probe is worth this much waiting. */
const PROBE_TIMEOUT_MS = 2000
const MAX_OUTPUT_BYTES = 4 * 1024 * 1024

/** How a tool ended. Only `missing` says nothing about the machine. */
export type ToolResult =
  | { readonly end: 'done'; readonly exitCode: number; readonly stdout: string }
  | { readonly end: 'missing' }
  /** Cut off, with every process that it started. */
  | { readonly end: 'timeout' }
  | { readonly end: 'too-much-output' }

export interface ToolOptions {
  /** What the tool's environment holds: nothing else of ours reaches it. */
  readonly environment: Readonly<Record<string, string>>
  readonly signal?: AbortSignal | undefined
  /** @default 2000 */
  readonly timeoutMs?: number
}

/**
 * Runs a tool found on the `PATH` of `environment` and gives what it printed. It reads nothing from us, starts in the root
 * folder (Windows looks for programs in the present one first), and is killed with its whole group when time is up.
 * @throws only what `signal` was aborted with
 */
export function runTool(command: string, args: readonly string[], options: ToolOptions): Promise<ToolResult> {
  const { environment, signal, timeoutMs = PROBE_TIMEOUT_MS } = options
  signal?.throwIfAborted()
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: environment,
      cwd: path.parse(process.cwd()).root,
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: process.platform !== 'win32',
      windowsHide: true,
    })
    const parts: Buffer[] = []
    let size = 0
    const finish = (settle: () => void): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      settle()
    }
    const cutOff = (settle: () => void): void => {
      killGroup(child)
      finish(settle)
    }
    const onAbort = (): void => cutOff(() => reject(asError(signal?.reason)))
    const timer = setTimeout(() => cutOff(() => resolve({ end: 'timeout' })), timeoutMs)
    signal?.addEventListener('abort', onAbort, { once: true })
    child.stdout.on('data', (part: Buffer) => {
      size += part.length
      if (size > MAX_OUTPUT_BYTES) cutOff(() => resolve({ end: 'too-much-output' }))
      else parts.push(part)
    })
    child.on('error', () => finish(() => resolve({ end: 'missing' })))
    child.on('close', (exitCode) =>
      finish(() => resolve({ end: 'done', exitCode: exitCode ?? -1, stdout: Buffer.concat(parts).toString() })),
    )
  })
}

/** A process that left the group may still hold the pipe, so we let go of it as well. */
function killGroup(child: ChildProcessByStdio<null, Readable, null>): void {
  try {
    if (child.pid !== undefined && process.platform !== 'win32') process.kill(-child.pid, 'SIGKILL')
    else child.kill('SIGKILL')
  } catch {
    // It ended by itself in the meantime.
  }
  child.stdout.destroy()
  child.unref()
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('Cannot go on: stopped')
}
