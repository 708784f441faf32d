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

const bin = fileURLToPath(new URL('../bin/hubgate.js', import.meta.url))

export function temporaryHome(): string {
  return mkdtempSync(path.join(tmpdir(), 'hubgate-home-'))
}

/** Runs the command as a person does: a process of its own, a home of its own, nothing of the developer's environment. */
export function runHubgate(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  options: { bin?: string; signalAfterMs?: number; input?: string } = {},
): Promise<Run> {
  const home = temporaryHome()
  const child = spawn(process.execPath, [options.bin ?? bin, ...args], {
    env: { PATH: process.env['PATH'] ?? '', HOME: home, USERPROFILE: home, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  child.stdin.on('error', () => {}).end(options.input ?? '')
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (part: Buffer) => (stdout += part.toString()))
  child.stderr.on('data', (part: Buffer) => (stderr += part.toString()))
  if (options.signalAfterMs !== undefined) setTimeout(() => child.kill('SIGINT'), options.signalAfterMs)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}
