import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import os from 'node:os'
import process from 'node:process'

export interface Contender {
  readonly name: string
  readonly command: readonly [file: string, ...args: string[]]
}

export interface Timing {
  readonly name: string
  /** Wall-clock milliseconds of the whole process, one for each run. */
  readonly runsMs: readonly number[]
}

/**
 * Times whole processes in turn, A B C A B C …: when a shared machine slows down, it slows all of them.
 * One run each comes first and is not counted.
 */
export function timeInterleaved(contenders: readonly Contender[], runs: number): readonly Timing[] {
  const timings = contenders.map(({ name }) => ({ name, runsMs: [] as number[] }))
  for (let round = -1; round < runs; round++)
    for (const [index, { command }] of contenders.entries()) {
      const ms = timeOnce(command)
      if (round >= 0) timings[index]?.runsMs.push(ms)
    }
  return timings
}

function timeOnce([file, ...args]: Contender['command']): number {
  const begun = performance.now()
  const { status, error, stderr } = spawnSync(file, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const ms = performance.now() - begun
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`Cannot time ${file} ${args.join(' ')}: it exited ${status}\n${stderr.toString()}`)
  return ms
}

/** The most memory a Node process held, in bytes, as the operating system counted it. */
export function peakMemory(script: readonly string[]): number {
  const tell = "process.on('exit', () => process.stderr.write('peak=' + process.resourceUsage().maxRSS + '\\n'))"
  const { stderr } = spawnSync(process.execPath, ['--import', `data:text/javascript,${tell}`, ...script], {
    encoding: 'utf8',
  })
  const peak = /^peak=(\d+)$/m.exec(stderr)?.[1]
  if (peak === undefined) throw new Error(`Cannot read the memory of ${script.join(' ')}\n${stderr}`)
  return Number(peak) * 1024
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2
}

/** Keeps the last result beside its benchmark: figures, the machine they were taken on, and the day. */
export function keepResult(benchmark: URL, result: object): void {
  const machine = `${process.platform} ${process.arch}, ${os.cpus().length} × ${os.cpus()[0]?.model ?? 'CPU'}`
  const kept = { date: new Date().toISOString().slice(0, 10), machine, node: process.version, ...result }
  writeFileSync(new URL('result.json', benchmark), `${JSON.stringify(kept, undefined, 2)}\n`)
}
