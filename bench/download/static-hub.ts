import { spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A file of the one model there is, `bench/model`. */
export interface ServedFile {
  readonly path: string
  readonly size: number
  /** SHA-256: kept at another origin, as large files are. Git SHA-1: kept on the Hub itself. */
  readonly etag: string
  /** The file whose content it is, `repeat` times over. */
  readonly source: string
}

export interface ServerPace {
  /** Before each answer. @default 0 */
  readonly delayMs?: number
  /** Of each connection. @default as much as it gives */
  readonly bytesPerSecond?: number
}

export interface StaticHub extends Disposable {
  /** Of the Hub. */
  readonly endpoint: string
  /** Of a plain static-file server with the large files. */
  readonly store: string
  /** Requests and bytes of bodies since it was last asked. */
  counts(): Promise<{ readonly requests: number; readonly bytes: number }>
}

const script = fileURLToPath(new URL('static-hub.py', import.meta.url))

/** Starts `static-hub.py` in a process of its own. */
export async function startStaticHub(files: readonly ServedFile[], pace: ServerPace = {}): Promise<StaticHub> {
  const settings = JSON.stringify({ files, delayMs: pace.delayMs ?? 0, bytesPerSecond: pace.bytesPerSecond ?? 0 })
  const child = spawn('python3', [script, settings], { stdio: ['pipe', 'pipe', 'inherit'] })
  child.unref()
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  const { hub, store } = JSON.parse(line) as { readonly hub: string; readonly store: string }
  return {
    endpoint: hub,
    store,
    async counts() {
      return (await (await fetch(`${hub}/bench/counts`)).json()) as { requests: number; bytes: number }
    },
    [Symbol.dispose]() {
      child.kill()
    },
  }
}

/** What every Hub client is told by its environment. */
export function hubEnvironment({ endpoint }: StaticHub, folder: string): Record<string, string> {
  return {
    HF_ENDPOINT: endpoint,
    HF_HOME: `${folder}/hf`,
    HUBGATE_HOME: `${folder}/hubgate`,
    HF_HUB_DISABLE_TELEMETRY: '1',
    HF_HUB_DISABLE_PROGRESS_BARS: '1',
    NODE_NO_WARNINGS: '1',
    LANG: process.env['LANG'] ?? 'C.UTF-8',
  }
}
