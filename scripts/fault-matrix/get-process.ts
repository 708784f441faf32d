import { spawn } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import type { DownloadStage } from '../../packages/core/test/download/stage.ts'

export interface Ended {
  /** `null` where a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface GetProcess {
  /** With nothing it could do about any of them: SIGSTOP, SIGCONT, SIGKILL. */
  stop(): void
  goOn(): void
  kill(): void
  /** What it has written to standard output so far. */
  output(): string
  readonly ended: Promise<Ended>
}

const bin = fileURLToPath(new URL('../../packages/cli/bin/hubgate.js', import.meta.url))

/** Starts the built `hubgate get acme/tiny --all --json`, with the home of the stage and nothing of the developer's environment. */
export function startGet(
  { hub, home }: Pick<DownloadStage, 'hub' | 'home'>,
  args: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): GetProcess {
  const child = spawn(process.execPath, [bin, 'get', 'acme/tiny', '--all', '--json', ...args], {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: home,
      HF_ENDPOINT: hub.endpoint,
      HF_TOKEN: 'hf_test_ada_read',
      HF_HOME: home,
      HUBGATE_HOME: `${home}/hubgate`,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (part: Buffer) => (stdout += part.toString()))
  child.stderr.on('data', (part: Buffer) => (stderr += part.toString()))
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
  return {
    stop: () => void child.kill('SIGSTOP'),
    goOn: () => void child.kill('SIGCONT'),
    kill: () => void child.kill('SIGKILL'),
    output: () => stdout,
    ended,
  }
}

/** What a `get` with `--json` told last. @throws where it did not end well */
export function doneEventOf({ code, stdout, stderr }: Ended): { readonly fetchedBytes: number } {
  if (code !== 0) throw new Error(`hubgate get ended with ${code}: ${stderr.trim()}`)
  const event = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as { readonly fetchedBytes: number }
  return event
}
