import { mkdtempSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { GIB, MIB, makeSparseFile } from './content.ts'
import { measure } from './measure.ts'
import type { Place } from './places.ts'
import { hubEnvironment, startStaticHub } from './static-hub.ts'
import { atMost, round, type Target } from './targets.ts'

export interface HugeFileRow {
  readonly gibibytes: number
  readonly wallMs: number
  readonly cpuSecondsPerGiB: number
  readonly peakMiB: number
}

const HUGE_GIB = 64
const getModel = fileURLToPath(new URL('get-model.ts', import.meta.url))

/**
 * 64 GiB, of which 4 KiB in every 64 MiB are not zeros. Everything is as ever (connections, journal, syncs, and the hash of
 * all that can be read back), but blocks of zeros are left as holes, so that it fits into memory.
 */
export async function measureHugeFile(place: Place): Promise<{ rows: HugeFileRow[]; targets: Target[] }> {
  const size = HUGE_GIB * GIB
  using hub = await startStaticHub([makeSparseFile(place.folder, 'huge.safetensors', size)])
  const use = measure(
    {
      name: 'downloadSnapshot(), 64 GiB',
      command: () => [process.execPath, getModel, '8', 'sparse'],
      environment: (folder) => hubEnvironment(hub, folder),
    },
    mkdtempSync(path.join(place.folder, 'huge-')),
  )
  const row = {
    gibibytes: HUGE_GIB,
    wallMs: Math.round(use.wallMs),
    cpuSecondsPerGiB: round(use.cpuMs / 1000 / HUGE_GIB),
    peakMiB: Math.round(use.peakBytes / MIB),
  }
  return { rows: [row], targets: [atMost(`${HUGE_GIB} GiB: peak memory, MB`, use.peakBytes / 1e6, 200)] }
}
