import { mkdtempSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { median } from '../timing.ts'
import { MIB, makeLargeFile } from './content.ts'
import type { Downloader } from './downloaders.ts'
import { type Contender, measure } from './measure.ts'
import type { Place } from './places.ts'
import { startStaticHub } from './static-hub.ts'
import { atMost, round, type Target } from './targets.ts'

export interface AgainRow {
  readonly name: string
  readonly medianMs: number
  readonly overEmptyNodeMs: number
  readonly requests: number
  /** Of all answers' bodies, JSON counted in. */
  readonly bytes: number
}

const RUNS = 9

/** Asked again for what is there already: with the Hub, and offline. */
export async function measureAgain(
  place: Place,
  downloaders: readonly Downloader[],
): Promise<{ rows: AgainRow[]; targets: Target[] }> {
  using hub = await startStaticHub([makeLargeFile(place.folder, 'model.safetensors', 16 * MIB)])
  const empty: Contender = { name: 'node -e 0', command: () => [process.execPath, '-e', '0'] }
  const tasks = [{ contender: empty, folder: place.folder, walls: [] as number[], requests: 0, bytes: 0 }]
  for (const downloader of downloaders) {
    const contender = downloader.from(hub)
    const folder = mkdtempSync(path.join(place.folder, 'again-'))
    measure(contender, folder)
    for (const one of [contender, offline(contender)])
      tasks.push({ contender: one, folder, walls: [], requests: 0, bytes: 0 })
  }
  for (let round = -1; round < RUNS; round++)
    for (const task of tasks) {
      await hub.counts()
      const { wallMs } = measure(task.contender, task.folder)
      if (round >= 0) task.walls.push(wallMs)
      Object.assign(task, await hub.counts())
    }
  const floorMs = median(tasks[0]?.walls ?? [])
  const rows = tasks.map(({ contender: { name }, walls, requests, bytes }) => {
    const medianMs = median(walls)
    return { name, medianMs: round(medianMs), overEmptyNodeMs: round(medianMs - floorMs), requests, bytes }
  })
  return { rows, targets: rows.filter(({ name }) => name.startsWith('hubgate')).flatMap(judge) }
}

function judge({ name, overEmptyNodeMs, requests }: AgainRow): Target[] {
  return [
    atMost(`again, nothing to do: ${name}: ms over an empty Node`, overEmptyNodeMs, 250),
    atMost(`again, nothing to do: ${name}: calls`, requests, name.endsWith('offline') ? 0 : 1),
  ]
}

function offline({ name, command, environment }: Contender): Contender {
  return {
    name: `${name}, offline`,
    command,
    environment: (folder) => ({ ...environment?.(folder), HF_HUB_OFFLINE: '1' }),
  }
}
