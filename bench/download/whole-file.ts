import { availableParallelism } from 'node:os'
import { median } from '../timing.ts'
import { GIB, MIB } from './content.ts'
import type { Downloader } from './downloaders.ts'
import { type Contender, measureInterleaved, type Uses } from './measure.ts'
import type { Place } from './places.ts'
import type { ServedFile, StaticHub } from './static-hub.ts'
import { atLeast, atMost, round, type Target } from './targets.ts'

export interface WholeFileRow {
  readonly place: string
  readonly name: string
  readonly verified: boolean
  readonly medianMs: number
  readonly minMs: number
  readonly maxMs: number
  readonly mibPerSecond: number
  readonly cpuSecondsPerGiB: number
  readonly peakMiB: number
  /** The speed of `hubgate get` over this one's, run by run; the median. */
  readonly hubgateFaster: number
}

const RUNS = 5

/** How long until one large file is there, from a server that gives what it can. */
export function measureWholeFile(
  place: Place,
  hub: StaticHub,
  file: ServedFile,
  downloaders: readonly Downloader[],
): { rows: WholeFileRow[]; targets: Target[] } {
  const floors: readonly Contender[] = [
    {
      name: 'floor of the server: curl to /dev/null',
      command: () => ['curl', '-s', '-f', '-o', '/dev/null', `${hub.store}/${file.path}`],
    },
    {
      name: 'floor of the disk: dd, fsync',
      // Blocks of 1 MiB took four times as long here: the kernel looks for that much memory in one piece.
      command: (folder) => ['dd', `if=${file.source}`, `of=${folder}/file`, 'bs=256K', 'conv=fsync'],
    },
  ]
  const measured = measureInterleaved([...downloaders.map((one) => one.from(hub)), ...floors], place.folder, {
    runs: RUNS,
  })
  const [ours = measured[0]] = measured
  const rows = measured.map((uses) => {
    const verified = downloaders.some(({ name, verifies }) => name === uses.name && verifies)
    return asRow(place.name, uses, verified, file.size, ours)
  })
  return { rows, targets: judge(place.name, rows, downloaders) }
}

function asRow(
  place: string,
  { name, uses }: Uses,
  verified: boolean,
  size: number,
  ours: Uses | undefined,
): WholeFileRow {
  const walls = uses.map(({ wallMs }) => wallMs)
  const ratios = walls.map((wall, index) => wall / (ours?.uses[index]?.wallMs ?? Number.NaN))
  return {
    place,
    name,
    verified,
    medianMs: Math.round(median(walls)),
    minMs: Math.round(Math.min(...walls)),
    maxMs: Math.round(Math.max(...walls)),
    mibPerSecond: Math.round((size / MIB / median(walls)) * 1000),
    cpuSecondsPerGiB: round(median(uses.map(({ cpuMs }) => cpuMs)) / 1000 / (size / GIB)),
    peakMiB: Math.round(Math.max(...uses.map(({ peakBytes }) => peakBytes)) / MIB),
    hubgateFaster: round(median(ratios)),
  }
}

function judge(place: string, rows: readonly WholeFileRow[], downloaders: readonly Downloader[]): Target[] {
  const targets: Target[] = []
  const [ours] = rows
  const sha256sum = rows.find(({ name }) => name === 'curl, then sha256sum')
  // Where hashing can overlap the transfer, a third faster.
  const limit = availableParallelism() > 1 ? 1.3 : 0.9
  if (sha256sum !== undefined)
    targets.push(atLeast(`${place}: speed over that of ${sha256sum.name}`, sha256sum.hubgateFaster, limit))
  const others = new Set(downloaders.filter(({ isHubClient }) => isHubClient).map(({ name }) => name))
  const clients = rows.slice(1).filter(({ name }) => others.has(name))
  const disk = rows.find(({ name }) => name.startsWith('floor of the disk'))
  const best = clients.toSorted((a, b) => a.hubgateFaster - b.hubgateFaster)[0]
  if (best !== undefined && disk !== undefined) {
    // Whichever asks for less: 1.5 times the other client, or nine tenths of what the disk takes.
    const overClient = best.hubgateFaster / 1.5
    const overDisk = disk.hubgateFaster / 0.9
    const what = `${place}: speed over the lesser of 1.5 × ${best.name} (${best.hubgateFaster}) and 0.9 × the disk's floor (${disk.hubgateFaster})`
    targets.push(atLeast(what, Math.max(overClient, overDisk), 1))
  }
  if (ours !== undefined) targets.push(atMost(`${place}: peak memory, MB`, (ours.peakMiB * MIB) / 1e6, 200))
  return targets
}
