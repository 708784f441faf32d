import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

export interface Run {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly bin?: string
  readonly input?: string
  /** Ctrl-C so long after the start. */
  readonly signalAfterMs?: number
  /** Ctrl-C once this is so; it is asked again and again, with what stands on standard error and on standard output. */
  readonly signalWhen?: (stderr: string, stdout: string) => boolean
  /** The signal so many times, one right after the other. @default 1 */
  readonly signalTimes?: number
  /** Another signal in place of Ctrl-C. @default 'SIGINT' */
  readonly signal?: NodeJS.Signals
  /** As a user who may not read everything: root may, whatever the modes say. */
  readonly asNobody?: boolean
}

const bin = fileURLToPath(new URL('../bin/hubgate.js', import.meta.url))

export function temporaryHome(): string {
  return mkdtempSync(path.join(tmpdir(), 'hubgate-home-'))
}

/** Runs the command as a person does: a process of its own, a home of its own, nothing of the developer's environment. */
export function runHubgate(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  options: RunOptions = {},
): Promise<Run> {
  const home = temporaryHome()
  const child = spawn(process.execPath, [options.bin ?? bin, ...args], {
    env: { PATH: process.env['PATH'] ?? '', HOME: home, USERPROFILE: home, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(options.asNobody === true && process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}),
  })
  child.stdin.on('error', () => {}).end(options.input ?? '')
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (part: Buffer) => (stdout += part.toString()))
  child.stderr.on('data', (part: Buffer) => (stderr += part.toString()))
  const { signalWhen, signal = 'SIGINT', signalTimes = 1 } = options
  if (options.signalAfterMs !== undefined) setTimeout(() => child.kill(signal), options.signalAfterMs)
  const look = (): void => {
    if (signalWhen?.(stderr, stdout) !== true) return
    for (let times = 0; times < signalTimes; times += 1) child.kill(signal)
    clearInterval(looking)
  }
  const looking = signalWhen && setInterval(look, 20)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      clearInterval(looking)
      resolve({ code, stdout, stderr })
    })
  })
}
