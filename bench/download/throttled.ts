import { spawnSync } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { median } from '../timing.ts'
import { makeLargeFile } from './content.ts'
import { hubgate } from './downloaders.ts'
import { type Contender, measureInterleaved } from './measure.ts'
import type { Place } from './places.ts'
import { hubEnvironment, type StaticHub, startStaticHub } from './static-hub.ts'
import { atLeast, round, type Target } from './targets.ts'

export interface ThrottledRow {
  readonly name: string
  readonly connections: number
  readonly medianMs: number
  readonly megabytesPerSecond: number
  /** Over connections × 20 MB/s. */
  readonly share: number
}

const BYTES_PER_SECOND = 20_000_000
/** How long the line alone would need. */
const LINE_SECONDS = 10
const RUNS = 3
const getModel = fileURLToPath(new URL('get-model.ts', import.meta.url))

/** What comes over 1, 2, 4 and 8 connections of 20 MB/s each; and how many the command opens by itself. With peers that do not verify. */
export async function measureThrottled(place: Place): Promise<{ rows: ThrottledRow[]; targets: Target[] }> {
  const rows: ThrottledRow[] = []
  for (const connections of [1, 2, 4, 8]) {
    const size = connections * BYTES_PER_SECOND * LINE_SECONDS
    const file = makeLargeFile(place.folder, 'model.safetensors', size)
    using hub = await startStaticHub([file], { bytesPerSecond: BYTES_PER_SECOND })
    const contenders = [
      library(hub, connections),
      ...(connections === 8 ? [hubgate.from(hub)] : []),
      ...peersOver(connections, `${hub.store}/${file.path}`),
    ]
    for (const { name, uses } of measureInterleaved(contenders, place.folder, { runs: RUNS, warmUps: 0 })) {
      const medianMs = median(uses.map(({ wallMs }) => wallMs))
      const bytesPerSecond = (size / medianMs) * 1000
      rows.push({
        name,
        connections,
        medianMs: Math.round(medianMs),
        megabytesPerSecond: round(bytesPerSecond / 1e6),
        share: round(bytesPerSecond / (connections * BYTES_PER_SECOND)),
      })
    }
  }
  const ours = rows.filter(({ name }) => !name.endsWith('unverified'))
  return { rows, targets: ours.map(({ name, share }) => atLeast(`20 MB/s a connection: ${name}`, share, 0.9)) }
}

/** What the server gives at all. */
function peersOver(connections: number, url: string): Contender[] {
  if (connections === 1)
    return [{ name: 'curl, unverified', command: (folder) => ['curl', '-s', '-f', '-o', `${folder}/file`, url] }]
  if (spawnSync('aria2c', ['--version']).error !== undefined) return []
  const words = ['--quiet', '--no-conf', `--split=${connections}`, `--max-connection-per-server=${connections}`]
  const name = `aria2c, ${connections} connections, unverified`
  return [{ name, command: (folder) => ['aria2c', ...words, '--min-split-size=1M', `--dir=${folder}`, url] }]
}

function library(hub: StaticHub, connections: number): Contender {
  return {
    name: `downloadSnapshot(), ${connections} connections`,
    command: () => [process.execPath, getModel, String(connections)],
    environment: (folder) => hubEnvironment(hub, folder),
  }
}
