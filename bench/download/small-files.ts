import { median } from '../timing.ts'
import { makeSmallFiles } from './content.ts'
import type { Downloader } from './downloaders.ts'
import { measureInterleaved } from './measure.ts'
import type { Place } from './places.ts'
import { startStaticHub } from './static-hub.ts'
import { atLeast, round, type Target } from './targets.ts'

export interface SmallFilesRow {
  readonly name: string
  readonly medianMs: number
  readonly requests: number
  /** The speed of `hubgate get` over this one's, run by run; the median. */
  readonly hubgateFaster: number
}

const FILES = 200
const FILE_BYTES = 8192
const DELAY_MS = 80
const RUNS = 3

/** Two hundred small files from a Hub whose every answer comes 80 ms late. */
export async function measureSmallFiles(
  place: Place,
  downloaders: readonly Downloader[],
): Promise<{ rows: SmallFilesRow[]; targets: Target[] }> {
  using hub = await startStaticHub(makeSmallFiles(place.folder, FILES, FILE_BYTES), { delayMs: DELAY_MS })
  const contenders = downloaders.map((one) => one.from(hub))
  const measured = measureInterleaved(contenders, place.folder, { runs: RUNS })
  const rows: SmallFilesRow[] = []
  for (const [index, { name, uses }] of measured.entries()) {
    await hub.counts()
    // Once more, only to count what it asks.
    measureInterleaved(contenders.slice(index, index + 1), place.folder, { runs: 1, warmUps: 0 })
    const ratios = uses.map(({ wallMs }, run) => wallMs / (measured[0]?.uses[run]?.wallMs ?? Number.NaN))
    rows.push({
      name,
      medianMs: Math.round(median(uses.map(({ wallMs }) => wallMs))),
      requests: (await hub.counts()).requests,
      hubgateFaster: round(median(ratios)),
    })
  }
  const targets = rows
    .filter(({ name }) => name.startsWith('hf download'))
    .map((row) => atLeast(`${DELAY_MS} ms, ${FILES} small files: speed over that of ${row.name}`, row.hubgateFaster, 5))
  return { rows, targets }
}
