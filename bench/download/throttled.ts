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
const LINE_SECONDS = 8
const RUNS = 3
const getModel = fileURLToPath(new URL('get-model.ts', import.meta.url))

/** What comes over 1, 2, 4 and 8 connections of 20 MB/s each; and how many the command opens by itself. */
export async function measureThrottled(place: Place): Promise<{ rows: ThrottledRow[]; targets: Target[] }> {
  const rows: ThrottledRow[] = []
  for (const connections of [1, 2, 4, 8]) {
    const size = connections * BYTES_PER_SECOND * LINE_SECONDS
    const file = makeLargeFile(place.folder, 'model.safetensors', size)
    using hub = await startStaticHub([file], { bytesPerSecond: BYTES_PER_SECOND })
    const contenders = [library(hub, connections), ...(connections === 8 ? [hubgate.from(hub)] : [])]
    for (const { name, uses } of measureInterleaved(contenders, place.folder, RUNS)) {
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
  return { rows, targets: rows.map(({ name, share }) => atLeast(`20 MB/s a connection: ${name}`, share, 0.9)) }
}

function library(hub: StaticHub, connections: number): Contender {
  return {
    name: `downloadSnapshot(), ${connections} connections`,
    command: () => [process.execPath, getModel, String(connections)],
    environment: (folder) => hubEnvironment(hub, folder),
  }
}
