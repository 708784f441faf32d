// How long does `hubgate` take before it answers? Beside an empty Node, the floor, and the official command.
import { spawnSync } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { type Contender, keepResult, median, peakMemory, timeInterleaved } from '../timing.ts'

const RUNS = 15
const MIB = 1024 * 1024
const bin = fileURLToPath(new URL('../../packages/cli/bin/hubgate.js', import.meta.url))
const search = [bin, 'search', 'llama', '--source', 'offline']
const floor = { name: 'node -e 0', command: [process.execPath, '-e', '0'] } as const
const ours: readonly Contender[] = [
  { name: 'hubgate --version', command: [process.execPath, bin, '--version'] },
  { name: 'hubgate search llama --source offline', command: [process.execPath, ...search] },
]
const limitsMs: Readonly<Record<string, number>> = {
  'hubgate --version': 60,
  'hubgate search llama --source offline': 120,
}
const isHfHere = spawnSync('hf', ['version'], { stdio: 'ignore' }).status === 0
const peers: readonly Contender[] = [
  { name: 'hf version', command: ['hf', 'version'] },
  { name: 'hf models ls --help', command: ['hf', 'models', 'ls', '--help'] },
]
if (!isHfHere) process.stderr.write('skipped: hf is not installed here, so it is not timed\n')

const timings = timeInterleaved([floor, ...ours, ...(isHfHere ? peers : [])], RUNS)
const floorMs = median(timings[0]?.runsMs ?? [])
const rows = timings.map(({ name, runsMs }) => {
  const ms = median(runsMs)
  return {
    name,
    medianMs: round(ms),
    minMs: round(Math.min(...runsMs)),
    maxMs: round(Math.max(...runsMs)),
    overFloorMs: round(ms - floorMs),
    ratioToFloor: round(ms / floorMs),
    limitOverFloorMs: limitsMs[name],
  }
})
const searchPeakMiB = round(peakMemory(search) / MIB)
const emptyPeakMiB = round(peakMemory(['-e', '0']) / MIB)

console.table(rows)
process.stdout.write(
  `peak memory: search ${searchPeakMiB} MiB (limit 90 MB = 85.8 MiB), empty node ${emptyPeakMiB} MiB\n`,
)
keepResult(new URL(import.meta.url), { runs: RUNS, rows, searchPeakMiB, emptyPeakMiB })

const slow = rows.filter(
  ({ overFloorMs, limitOverFloorMs = Number.POSITIVE_INFINITY }) => overFloorMs > limitOverFloorMs,
)
if (slow.length > 0 || searchPeakMiB * MIB > 90_000_000) {
  process.stdout.write('over its limit\n')
  process.exitCode = 1
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
